// Keys. Which key does what comes with the page (#keys, from crm/desk/keys.py); what a name does is registered here by
// whoever knows how. Every other letter presses the element that carries it as data-key. Nothing happens while
// somebody types, in a dialog or a menu, nor (single keys) when they are switched off.
import { meaning } from "./keypress.js";

const table = JSON.parse(document.getElementById("keys")?.textContent ?? "{}");
const lettersOff = document.body.dataset.letterKeys === "off";
const does = {};

/** `act` is what the key of this name does. */
export const on = (name, act) => { does[name] = act; };

// a ticked box takes no letters
const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const isBusy = (target) =>
  target.closest?.(`${WRITES}, dialog[open], [popover]`) || document.querySelector("dialog:modal");

// what stands in a closed menu can be pressed all the same
function press(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  const shown = all.find((one) => one.checkVisibility()) ?? all.find((one) => one.closest(".menu[popover]"));
  if (!shown) return false;
  const fresh = shown.closest(".htmx-added"); // drawn, and not yet listening: the key must not be lost
  if (fresh) window.htmx.process(fresh);
  shown.click();
  return true;
}

/** Does what this key does, whether or not single keys are switched off. */
export function run(key) {
  const act = does[table[key]];
  if (!act) return press(key);
  act();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  const said = meaning(event, { busy: Boolean(isBusy(event.target)), lettersOff });
  if (said && run(said)) event.preventDefault();
});

on("help", () => { document.querySelector("[data-shows-keys]")?.click(); });
// what an undo toast offers goes before the snooze dialog
on("undo", () => {
  const undo = document.querySelector("#toasts [data-undo]");
  if (undo) undo.click(); else press("z");
});
