// Choosing many rows: by tick, shift, x, the whole page, everything that matches. The list fetches itself again all the
// time; what is chosen is kept here and ticked anew. The state stands on [data-panes], which is never swapped.
import { on } from "./keys.js";
import { asked, between, still } from "./pick-set.js";

const desk = document.querySelector("[data-panes]");
const ticks = () => [...document.querySelectorAll("#rows [data-tick]")];
const order = () => ticks().map((tick) => tick.value);
let chosen = new Set(), all = false, from = "", mode = false;

function show() {
  for (const tick of ticks()) tick.checked = all || chosen.has(tick.value);
  const bar = document.getElementById("picked");
  if (!bar) return;
  const picking = all || chosen.size > 0, whole = picking && ticks().every((tick) => tick.checked);
  desk.toggleAttribute("data-picking", picking);
  desk.toggleAttribute("data-ticks", picking || mode);
  document.querySelector("[data-pick-mode]")?.setAttribute("aria-pressed", mode);
  const page = bar.querySelector("[data-pick-page]"), said = bar.querySelector("[data-pick-said]");
  page.checked = whole;
  page.indeterminate = picking && !whole;
  const matching = bar.parentElement.querySelector(".queues [aria-current] b")?.textContent ?? "";
  const words = picking ? said.dataset[all ? "all" : "some"].replace("{n}", all ? matching : chosen.size) : "";
  if (said.textContent !== words) said.textContent = words;
  const more = bar.querySelector("[data-pick-all]");
  more.hidden = all || !whole || String(chosen.size) === matching;
  more.textContent = more.dataset.words.replace("{n}", matching);
}

function set(numbers, on) {
  if (all) { all = false; chosen = new Set(order()); }
  for (const number of numbers) if (on) chosen.add(number); else chosen.delete(number);
  show();
}

function none() {
  all = mode = false;
  chosen = new Set();
  show();
}

function pick(number, on, shift) {
  set(shift && from ? between(order(), from, number) : [number], on);
  from = number;
}

document.addEventListener("click", (event) => {
  const tick = event.target.closest("[data-tick]"), row = event.target.closest("#rows .case");
  if (tick) pick(tick.value, tick.checked, event.shiftKey);
  if (row && event.shiftKey && document.querySelector("[data-tick]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    getSelection().removeAllRanges();
    pick(row.dataset.case, true, true);
  }
  if (event.target.closest("[data-pick-page]")) set(order(), event.target.checked);
  if (event.target.closest("[data-pick-all]")) { all = true; show(); }
  if (event.target.closest("[data-pick-none]")) none();
  if (event.target.closest("[data-pick-mode]")) { mode = !mode; show(); }
  const tag = event.target.closest("[data-adds-tag]");
  if (tag) addTag(tag);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && desk?.hasAttribute("data-picking") && !document.querySelector("dialog[open], :popover-open")) none();
});
on("select", () => {
  const row = document.activeElement?.closest("#rows li") ?? document.querySelector("#rows .case[aria-current]")?.closest("li");
  const tick = row?.querySelector("[data-tick]");
  if (tick) pick(tick.value, !tick.checked, false);
});

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches?.("[data-bulk]")) return;
  const url = new URL(ctx.request.action, location.href);
  for (const [name, value] of Object.entries(asked(chosen, all))) url.searchParams.set(name, value);
  ctx.request.action = url.pathname + url.search;
});
document.addEventListener("htmx:after:swap", () => {
  if (!all) chosen = still(chosen, order());
  show();
});
document.addEventListener("sapa:started", none);

// --- dialogs ---------------------------------------------------------------------------------------------------------
function addTag(chip) {
  const field = chip.form.querySelector("[name=tags]");
  field.value = [field.value.trim().replace(/,$/, ""), chip.dataset.addsTag].filter(Boolean).join(", ");
  chip.remove();
  field.focus();
}
document.addEventListener("keydown", (event) => {
  if (!/^[1-9]$/.test(event.key) || event.target.matches?.("input, textarea, select")) return;
  document.querySelectorAll("#sheet [data-choice]")[event.key - 1]?.click();
});
