// The counter: times that count up from data-since, the keys that type a number, and the hand it is held in.
import { serverNow } from "./clocks.js";
import { countdown } from "./countdown.js";

const lang = document.documentElement.lang, HAND = "sapa-left-hand";

function count() {
  for (const el of document.querySelectorAll("[data-since]")) {
    const text = countdown(Math.max(0, (serverNow() - Date.parse(el.dataset.since)) / 1000), lang);
    if (el.textContent !== text) el.textContent = text;
  }
}
setInterval(count, 1000);

const box = () => document.getElementById("dial");
const typed = () => box().dispatchEvent(new Event("input", { bubbles: true }));
const KEYS = {
  back: () => { box().value = box().value.slice(0, -1); typed(); },
  clear: () => { box().value = ""; typed(); box().focus(); },
  find: typed,
};

document.addEventListener("click", ({ target }) => {
  const key = target.closest("[data-key]")?.dataset.key;
  if (key in KEYS) KEYS[key](); else if (key) { box().value += key; typed(); }
});

document.addEventListener("change", ({ target }) => {
  if (target.name !== "by") return;
  const byName = target.value === "name";
  box().inputMode = byName ? "text" : "tel";
  box().placeholder = box().dataset[target.value];
  document.querySelector("[data-keys]").hidden = byName;
  box().value = "";
  box().focus();
});

function hold(left) {
  document.body.toggleAttribute("data-left-hand", left);
  for (const button of document.querySelectorAll("[data-hand]")) button.setAttribute("aria-pressed", left);
}
hold(localStorage.getItem(HAND) === "1");
document.addEventListener("htmx:after:swap", () => hold(localStorage.getItem(HAND) === "1"));
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-hand]")) return;
  localStorage.setItem(HAND, document.body.hasAttribute("data-left-hand") ? "0" : "1");
  hold(localStorage.getItem(HAND) === "1");
});
