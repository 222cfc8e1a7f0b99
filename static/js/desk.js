// The desk: which row is open, the three surfaces of the composer, and the keys. Everything here adds to what works by mouse.
const PHONE = 640, NEAR_END = 80;
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
  const opened = event.detail?.ctx?.target?.id === "opened";
  if (opened && desk && innerWidth <= PHONE) desk.dataset.pane = "talk";
  if (thread() && (atEnd || opened)) thread().scrollTop = thread().scrollHeight;
});

// --- the composer: public, private or note ------------------------------------------------------------------------
export function choose(way) {
  const form = composer(), button = form?.querySelector(`.seg [data-way-of="${way}"]`);
  if (!button || button.ariaDisabled === "true") return;
  form.dataset.way = way;
  form.querySelector("[data-way-value]").value = way;
  const box = form.querySelector("textarea");
  box.placeholder = box.dataset[way === "note" ? "forNote" : "forCustomer"];
  for (const other of form.querySelectorAll(".seg [data-way-of]")) other.setAttribute("aria-pressed", other === button);
}

function setText(text) {
  const box = composer().querySelector("textarea");
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// --- the draft: what the page has not yet kept goes out before the box goes away ------------------------------------
let unkept = false;
function keepNow() {
  const box = document.getElementById("draft");
  if (!unkept || !box) return;
  unkept = false;
  fetch(box.getAttribute("hx-post"), { method: "POST", body: new FormData(box.form), keepalive: true }).catch(() => {});
}
document.addEventListener("input", (event) => { unkept ||= event.target.id === "draft"; });
document.addEventListener("submit", (event) => { if (event.target === composer()) unkept = false; }, true);
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
  if (event.target.closest("[data-discard]")) setText("");
  if (event.target.closest(".menu [hx-get]")) event.target.closest(".menu").hidePopover();
});

// --- keys -----------------------------------------------------------------------------------------------------------
const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]");

function step(by) {
  const all = cases(), at = all.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : all.findIndex((row) => row.ariaCurrent === "true");
  all[Math.max(0, Math.min(all.length - 1, from + by))]?.focus();
}

function write(way) {
  choose(way);
  composer()?.querySelector("textarea").focus();
}

// in a dialog: the first thing to choose or to fill in has the focus, digits choose
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.target?.id !== "sheet") return;
  document.querySelector("#sheet :is([autofocus], input[type=radio]:checked, form .in :is(input:not([type=hidden]), textarea, select), form .who-m)")?.focus();
});
document.addEventListener("keydown", (event) => {
  const sheet = event.target.closest?.("#sheet");
  if (!sheet || !/^[1-9]$/.test(event.key) || event.target.matches("textarea, select, input:not([type=radio])")) return;
  const radio = sheet.querySelectorAll("input[type=radio]")[event.key - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
});

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => write(composer()?.dataset.way === "note" ? "private" : composer()?.dataset.way ?? "private"),
  n: () => write("note"),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest?.("form")?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const act = KEYS[event.key] ?? (() => document.querySelector(`.acts [data-key="${CSS.escape(event.key)}"]`)?.click());
  if (KEYS[event.key] || /^[a-z]$/.test(event.key)) {
    if (KEYS[event.key]) event.preventDefault();
    act();
  }
});

markOpen();
