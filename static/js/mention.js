// @ in a note opens a list of whom it may name: fetched for what stands behind the @, moved in by arrows, taken by
// Enter, Tab or a click. The text area keeps the focus; aria-activedescendant says which one is meant.
import { wordBefore } from "./mentions.js";

const box = () => document.getElementById("draft");
const list = () => document.getElementById("mention-list");
const isNote = () => box()?.form.dataset.way === "note";
const INSET = 8, GAP = 4;
let asked = 0, begun = -1;

function close() {
  const found = list();
  if (found?.matches(":popover-open")) found.hidePopover();
  box()?.removeAttribute("aria-activedescendant");
  asked += 1;
}

function point(option) {
  for (const one of list().querySelectorAll("[role=option]")) one.setAttribute("aria-selected", one === option);
  box().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

async function open(word) {
  const found = list(), turn = (asked += 1);
  const answer = await fetch(`${found.dataset.url}?q=${encodeURIComponent(word)}`, { headers: { "HX-Request": "true" } });
  if (turn !== asked || !answer.ok) return;
  found.innerHTML = await answer.text();
  const { left, top } = box().getBoundingClientRect();
  // on <html>: an element of ours may not carry a style attribute that htmx would copy (strict CSP)
  document.documentElement.style.setProperty("--mention-left", `${left + INSET}px`);
  document.documentElement.style.setProperty("--mention-bottom", `${innerHeight - top + GAP}px`);
  if (!found.matches(":popover-open")) found.showPopover();
  const first = found.querySelector("[role=option]");
  if (first) point(first);
}

function take(option) {
  const area = box(), end = area.selectionStart, name = `@${option.dataset.name} `;
  area.setRangeText(name, begun, end, "end");
  close();
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target !== box() || !list()) return;
  const word = isNote() ? wordBefore(box().value, box().selectionStart) : null;
  if (!word) { close(); return; }
  begun = word.at;
  open(word.text).catch(close);
});

const isOpen = () => list()?.matches(":popover-open");

document.addEventListener("keydown", (event) => {
  if (event.target !== box() || !isOpen()) return;
  const all = [...list().querySelectorAll("[role=option]")], at = all.findIndex((one) => one.ariaSelected === "true");
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && all.length) point(all.at((at + by + all.length) % all.length));
  else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey && all[at]) take(all[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#mention-list [role=option]");
  if (!option) return;
  event.preventDefault();  // the text keeps the focus
  take(option);
});
document.addEventListener("focusout", (event) => { if (event.target === box()) close(); });
