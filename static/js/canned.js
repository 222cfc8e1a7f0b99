// Canned replies: a slash at the start of a word in the composer opens the list, arrows choose, Enter or Tab inserts.
// Articles: a question mark does the same; there nothing is chosen beforehand, for people end questions with one too.
// The focus stays in the text; the list is in the top layer, above the box.
import { nextField, questionBefore, slashBefore } from "./fields.js";

const PAUSE = 120, ROOM = 8, WIDEST = 700;
let at = null, asking = null, timer = 0;
const box = () => document.getElementById("draft");
const list = () => document.getElementById("canned");
const options = () => [...list().querySelectorAll("[role=option]:not([aria-disabled])")];
const chosen = () => list().querySelector("[aria-selected=true]");
export const isOpen = () => Boolean(list()?.matches(":popover-open"));

function place() {
  const above = box().form.getBoundingClientRect(), root = document.documentElement.style;
  root.setProperty("--pick-left", `${above.left + ROOM}px`);
  root.setProperty("--pick-bottom", `${innerHeight - above.top + ROOM}px`);
  root.setProperty("--pick-width", `${Math.min(WIDEST, above.width - 2 * ROOM)}px`);
}

function close() {
  clearTimeout(timer);
  asking?.abort();
  at = null;
  if (isOpen()) list().hidePopover();
  box()?.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", other === option);
  for (const text of list().querySelectorAll("[data-preview]")) text.hidden = text.dataset.preview !== option?.id;
  if (option) box().setAttribute("aria-activedescendant", option.id); else box().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

async function ask(query, of) {
  asking?.abort();
  asking = new AbortController();
  const answer = await fetch(`${list().dataset.url}?q=${encodeURIComponent(query)}&of=${of}`, { signal: asking.signal }).catch(() => null);
  if (!answer?.ok || !at) return;
  const kept = of && isOpen() && chosen()?.id;  // by an arrow: the letters that come after it do not take it away
  list().innerHTML = await answer.text();
  place();
  if (!isOpen()) list().showPopover();
  choose(of ? options().find((one) => one.id === kept) : options()[0]);
}

function look() {
  const text = box().value, caret = box().selectionStart, alone = caret === box().selectionEnd;
  const slash = alone && slashBefore(text, caret), found = slash || (alone && questionBefore(text, caret));
  if (!found) return close();
  at = found;
  clearTimeout(timer);
  timer = setTimeout(ask, isOpen() ? PAUSE : 0, found.query, slash ? "" : "articles");
}

function put(option) {
  const text = option.dataset.insert, from = at.start, draft = box();
  draft.focus();
  draft.setSelectionRange(from, draft.selectionEnd);
  // as typed, so that Ctrl-Z takes it out again
  if (!document.execCommand("insertText", false, text)) draft.setRangeText(text, from, draft.selectionEnd, "end");
  draft.dispatchEvent(new Event("input", { bubbles: true }));
  const open = nextField(draft.value, from);
  if (open && open.end <= from + text.length) draft.setSelectionRange(open.start, open.end);
  const token = draft.form.querySelector("[name=csrfmiddlewaretoken]").value;
  fetch(option.dataset.used, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  close();
}

function step(by) {
  const all = options(), now = all.indexOf(chosen());
  if (now < 0) return choose(all.at(by > 0 ? 0 : -1));
  choose(all.at((now + by + all.length) % all.length));
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: () => put(chosen()),
  Tab: () => put(chosen()),
  Escape: close,
};

document.addEventListener("input", (event) => { if (event.target.id === "draft" && list()) look(); });
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "draft" || !isOpen() || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const free = event.key === "Escape" || (event.key.startsWith("Arrow") && options().length);  // also with none chosen
  if (!KEYS[event.key] || !(free || chosen())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  KEYS[event.key]();
}, true);
document.addEventListener("mousedown", (event) => {
  if (isOpen() && list().contains(event.target) && !event.target.closest("a")) event.preventDefault();  // the text keeps the focus
});
document.addEventListener("click", (event) => {
  const option = event.target.closest("#canned [data-insert]");
  if (option) put(option);
  else if (event.target.closest("[data-canned]")) begin(event.target.closest("[data-canned]").dataset.canned || "/");
  else if (isOpen() && !event.target.closest("#canned, #draft")) close();
});
document.addEventListener("focusout", (event) => { if (event.target.id === "draft" && !document.querySelector("#canned:hover")) close(); });
addEventListener("resize", () => { if (isOpen()) place(); });

/** By mouse or touch: as if the slash, or the question mark, had been typed. */
function begin(mark) {
  const draft = box(), caret = draft.selectionStart;
  draft.focus();
  const gap = caret && !/\s/.test(draft.value[caret - 1]) ? " " : "";
  if (!document.execCommand("insertText", false, `${gap}${mark}`)) draft.setRangeText(`${gap}${mark}`, caret, draft.selectionEnd, "end");
  look();
}
