// The text of an answer: fields that stand open are marked, Tab goes from one to the next, and nothing is sent while
// one is open.
import { fieldsIn, nextField } from "./fields.js";

const form = () => document.querySelector("[data-composer]");
const box = () => document.getElementById("draft");
const isDraft = (event) => event.target.id === "draft";

/** The same text under the letters, with its fields in <mark>: a textarea cannot mark anything itself. */
function mirror(text, fields) {
  const under = form().querySelector("[data-mirror]"), pieces = [];
  let from = 0;
  for (const { start, end } of fields) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    pieces.push(text.slice(from, start), mark);
    from = end;
  }
  under.replaceChildren(...pieces, `${text.slice(from)}\n`);
  under.scrollTop = box().scrollTop;
}

function show() {
  if (!form() || !box()) return;
  const text = box().value, fields = fieldsIn(text), first = fields[0];
  mirror(text, fields);
  if (first) {
    const name = text.slice(first.start, first.end);
    form().dataset.blank = name;
    form().querySelector("[data-blank-name]").textContent = name;
  } else {
    delete form().dataset.blank;
  }
}

function select(field) {
  box().focus();
  box().setSelectionRange(field.start, field.end);
}

document.addEventListener("input", (event) => { if (isDraft(event)) show(); });
document.addEventListener("htmx:after:swap", show);
document.addEventListener("scroll", (event) => {
  if (event.target.id === "draft") form().querySelector("[data-mirror]").scrollTop = event.target.scrollTop;
}, true);
document.addEventListener("keydown", (event) => {
  if (!isDraft(event) || event.key !== "Tab" || event.defaultPrevented || event.ctrlKey || event.altKey) return;
  const back = event.shiftKey, field = nextField(box().value, back ? box().selectionStart : box().selectionEnd, back);
  if (!field) return;  // behind the last one Tab leaves the box, as everywhere
  event.preventDefault();
  select(field);
});
document.addEventListener("submit", (event) => {
  if (event.target !== form() || form().dataset.way === "note") return;
  const field = fieldsIn(box().value)[0];
  if (!field) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  select(field);
}, true);

// sending and settling opens a dialog first: not for what could not be sent anyway
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-then]") || !form()) return;
  const field = fieldsIn(box().value)[0];
  if (!field && box().value.trim()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (field) select(field); else box().focus();
}, true);

// --- what the customer said while this was being written -------------------------------------------------------------
// Read (in view for a moment) and typed on after, it is no news any more. A colleague's answer always is.
const READ = 4_000;
let heard = "", heardAt = 0;
function listen() {
  const now = document.getElementById("thread")?.dataset.heard ?? "";
  if (now !== heard) { heard = now; heardAt = performance.now(); }
}
document.addEventListener("htmx:after:swap", listen);
document.addEventListener("input", (event) => {
  const seen = isDraft(event) && form().querySelector("[name=seen]"), thread = document.getElementById("thread");
  if (!seen || !thread || document.hidden || performance.now() - heardAt < READ) return;
  if (Number(thread.dataset.others) <= Number(seen.value) && Number(heard) > Number(seen.value)) seen.value = heard;
});
document.addEventListener("click", (event) => {
  const see = event.target.closest("[data-see]"), said = see && document.getElementById(see.dataset.see);
  if (!said) return;
  said.tabIndex = -1;
  said.scrollIntoView({ block: "center" });
  said.focus({ preventScroll: true });
});
// Once: a live update that swaps something else must not take the focus back. Nor from whoever has gone on to read
// the thread meanwhile: an answer sent twice comes back twice.
document.addEventListener("htmx:after:swap", () => {
  const news = document.querySelector("[data-focus]"), at = document.activeElement;
  news?.removeAttribute("data-focus");
  if (at === document.body || at?.closest("#composer")) news?.focus();
});

// --- the guard's reasons stay open while it looks again --------------------------------------------------------------
let open = [];
const reasons = () => [...document.querySelectorAll("#guard details")];
document.addEventListener("htmx:before:swap", () => { open = reasons().filter((one) => one.open).map((one) => one.dataset.check); });
document.addEventListener("htmx:after:swap", () => { for (const one of reasons()) if (open.includes(one.dataset.check)) one.open = true; });

listen();
show();
