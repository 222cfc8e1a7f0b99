// The desk: which row is open, the three surfaces of the composer, and the keys. Everything here adds to what works by mouse.
import "./canned.js";
import "./composer.js";
import { isUploading } from "./files.js";
import "./here.js";
import { on } from "./keys.js";
import "./list-failed.js";
import "./mention.js";
import "./next.js";
import "./pick.js";
import "./unsent.js";
import { toast } from "./toast.js";

const PHONE = 760, NEAR_END = 80;
const desk = document.querySelector("[data-panes]");
const composer = () => document.querySelector("[data-composer]");
const cases = () => [...document.querySelectorAll("#rows .case")];
const openNumber = () => document.getElementById("case")?.dataset.number ?? "";

function markOpen() {
  const number = openNumber();
  for (const row of cases()) {
    if (row.dataset.case === number) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
  }
}

// a list that has scrolled on is fetched again as long as it was
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches?.("[data-list]")) return;
  const url = new URL(ctx.request.action, location.href);
  url.searchParams.set("size", cases().length);
  ctx.request.action = url.pathname + url.search;
});

// --- the conversation keeps to its end while the reader is there -------------------------------------------------
let atEnd = true;
const thread = () => document.getElementById("thread");
document.addEventListener("htmx:before:swap", () => {
  const t = thread();
  atEnd = !t || t.scrollHeight - t.scrollTop - t.clientHeight < NEAR_END;
});
document.addEventListener("htmx:after:swap", (event) => {
  markOpen();
  showWay();
  const opened = event.detail?.ctx?.target?.id === "opened";
  if (opened && desk && innerWidth <= PHONE) desk.dataset.pane = "talk";
  if (thread() && (atEnd || opened)) thread().scrollTop = thread().scrollHeight;
});

// --- the composer: public, private or note ------------------------------------------------------------------------
export function choose(way) {
  const form = composer(), button = form?.querySelector(`.seg [data-way-of="${way}"]`);
  if (!button || button.ariaDisabled === "true") return;
  form.querySelector("[data-way-value]").value = way;
  for (const other of form.querySelectorAll(".seg [data-way-of]")) other.setAttribute("aria-pressed", other === button);
  showWay();
  ask("way");
}

// the server may choose another way than the one shown: the surface follows what the form would send
function showWay() {
  const form = composer(), way = form?.querySelector("[data-way-value]")?.value;
  if (!way || form.dataset.way === way) return;
  form.dataset.way = way;
  const box = form.querySelector("textarea");
  box.placeholder = box.dataset[way === "note" ? "forNote" : "forCustomer"];
}

// what may be written now, how long, with files or not: the server says, for the road and the way just chosen
function ask(chose) {
  const form = composer();
  form.querySelector("[data-chose]").value = chose;
  form.querySelector("textarea").dispatchEvent(new CustomEvent("sapa:chosen"));
}
document.addEventListener("change", (event) => { if (event.target.matches("[data-road]")) ask("road"); });

function setText(text) {
  const box = composer().querySelector("textarea");
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// --- the draft: what the page has not yet kept goes out before the box goes away ------------------------------------
let unkept = false, sent = null;
function keepNow() {
  const box = document.getElementById("draft");
  if (!unkept || !box) return;
  unkept = false;
  fetch(box.getAttribute("hx-post"), { method: "POST", body: new FormData(box.form), keepalive: true }).catch(() => {});
}
document.addEventListener("input", (event) => { unkept ||= event.target.id === "draft"; });
document.addEventListener("submit", (event) => {
  if (event.target !== composer()) return;
  // quicker than htmx, which takes up what it swapped in a moment later: the whole page must not go away for it
  if (!("htmxPowered" in event.target.dataset)) window.htmx.process(event.target);
  if (isUploading()) {  // an answer does not leave without the file that was meant to go with it
    event.preventDefault();
    event.stopImmediatePropagation();
    toast("said", document.getElementById("uploading").dataset.busy);
    return;
  }
  unkept = false;
  sent = composer();
}, true);
// a text that is on its way is no draft any more: kept after its answer, it would stand in the box again
document.addEventListener("htmx:config:request", (event) => {
  if (sent && event.detail.ctx.sourceElement.id === "draft") event.preventDefault();
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === sent && composer() === sent) sent = null;  // it did not leave, and is a draft again
});
// what is sent is done: out of the box, so that j goes on; an answer that came back keeps the cursor in it
document.addEventListener("htmx:after:swap", () => {
  const box = document.getElementById("draft");
  if (!sent || !box || composer() === sent) return;
  sent = null;
  if (box === document.activeElement && !box.value) leaveText();
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.id === "draft") unkept = false;
});
document.addEventListener("click", (event) => { if (event.target.closest("a[data-case]")) keepNow(); }, true);
addEventListener("pagehide", keepNow);

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-way-of]"), mask = event.target.closest("[data-mask]");
  if (way) choose(way.dataset.wayOf);
  if (way && "thenSend" in way.dataset) composer().requestSubmit();
  else if (way) composer().querySelector("textarea").focus();
  if (mask) setText(mask.dataset.mask);
  const discard = event.target.closest("[data-discard]");
  if (discard) { setText(""); keepNow(); discard.closest(".meanwhile").remove(); }
  if (event.target.closest(".menu :is(a, button)[hx-get], .menu [data-then]")) event.target.closest(".menu").hidePopover();
});

// --- keys -----------------------------------------------------------------------------------------------------------
function step(by) {
  const all = cases(), at = all.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : all.findIndex((row) => row.ariaCurrent === "true");
  all[Math.max(0, Math.min(all.length - 1, from + by))]?.focus();
}

/** Out of the text and back to the row: j goes on from there. */
function leaveText() {
  document.activeElement.blur();
  step(0);
}

function write(way) {
  choose(way);
  composer()?.querySelector("textarea").focus();
}

// in a dialog: the first thing to choose or to fill in has the focus, digits choose
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.target?.id !== "sheet") return;
  document.querySelector("#sheet :is([autofocus], input[type=radio]:checked, [data-choice], form .in :is(input:not([type=hidden]), textarea, select), form .who-m)")?.focus();
});
document.addEventListener("keydown", (event) => {
  const sheet = event.target.closest?.("#sheet");
  if (!sheet || !/^[1-9]$/.test(event.key) || event.target.matches("textarea, select, input:not([type=radio])")) return;
  const radio = sheet.querySelectorAll("input[type=radio]")[event.key - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
});

on("next", () => step(1));
on("previous", () => step(-1));
on("reply", () => write(composer()?.dataset.way === "note" ? "private" : composer()?.dataset.way ?? "private"));
on("private", () => write("private"));
on("note", () => write("note"));

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const other = event.target.id === "draft" && ((event.shiftKey && "settle") || (event.altKey && "wait"));
    if (other) composer().querySelector(`[data-then="${other}"]`).click();
    else event.target.closest?.("form")?.requestSubmit();
  }
  if (event.key !== "Escape" || event.defaultPrevented || event.target.id !== "draft") return;
  leaveText();
});

markOpen();
// a link to a note opens the conversation there
document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });
