// Who else is at a case: faces on rows and in the header, and a word in the composer before one writes the first letter.
// This page says that it shows its case (every 15 s, and at once when something changes), whether somebody types, and
// whether that is an answer. What others do comes with the live stream as ids; names are asked for once and kept.
import { others, takenIn } from "./company.js";

const AGAIN = 15_000, TYPES_FOR = 6_000, ANSWERS_FOR = 180_000, FACES = 3;
const desk = document.querySelector("[data-names-url]");
const me = Number(desk?.dataset.me), tab = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
const tabs = new BroadcastChannel("sapa-here");
const names = new Map(), asked = new Set();
let known = new Map(), told = "", at = "", lastLetter = -Infinity;

// --- what I do ------------------------------------------------------------------------------------------------------
const shown = () => document.getElementById("case");
const draft = () => document.getElementById("draft");

function doing() {
  const since = performance.now() - lastLetter, isNote = draft()?.form.dataset.way === "note";
  return { types: Number(since < TYPES_FOR), answers: Number(!isNote && since < ANSWERS_FOR && Boolean(draft()?.value.trim())) };
}

function body(fields) {
  const form = new FormData();
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  for (const [name, value] of Object.entries({ ...fields, tab, csrfmiddlewaretoken: token })) form.set(name, value);
  return form;
}

function leave() {
  if (at) navigator.sendBeacon(at, body({ gone: 1 }));
  at = told = "";
}

function say(fields) {
  fetch(at, { method: "POST", body: body(fields), headers: { "X-Sapa-Background": "1" }, keepalive: true }).catch(() => {});
}

/** Says where this page is when that has changed, or anyway. */
function report(anyway = false) {
  const url = document.hidden ? "" : shown()?.dataset.hereUrl ?? "";
  if (at && at !== url) { leave(); lastLetter = -Infinity; }
  if (!url) return;
  const fields = doing(), now = url + JSON.stringify(fields);
  if (now === told && !anyway) return;
  at = url;
  told = now;
  say(fields);
}

// --- what others do -------------------------------------------------------------------------------------------------
async function ask(ids) {
  const fresh = ids.filter((id) => !asked.has(id));
  if (!fresh.length) return;
  for (const id of fresh) asked.add(id);
  try {
    const answer = await fetch(`${desk.dataset.namesUrl}?ids=${fresh.join(",")}`, { headers: { "X-Sapa-Background": "1" } });
    for (const [id, name] of Object.entries(await answer.json())) names.set(Number(id), name);
    show();
  } catch {
    for (const id of fresh) asked.delete(id);  // the next change asks again
  }
}

function face(user, state) {
  const [name, letters, hue] = names.get(user), made = document.createElement("span");
  const said = { v: desk.dataset.views, t: desk.dataset.types, a: desk.dataset.answers }[state].replace("{who}", name);
  made.className = `av xs ${hue}`;
  made.dataset.state = state;
  made.title = said;
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", said);
  made.textContent = letters;
  return made;
}

function showComposer() {
  const line = document.getElementById("company"), box = draft();
  if (!line || !box) return;
  const [busy] = others(known, shown().dataset.number, me).filter(([user, state]) => state !== "v" && names.has(user));
  const was = line.hidden;
  line.hidden = !busy;
  if (!busy) { if (!was && box.form.dataset.way !== "note") box.placeholder = box.dataset.forCustomer; return; }
  const [name, letters, hue, login] = names.get(busy[0]), who = (text) => text.replace("{who}", name);
  const said = who(busy[1] === "a" ? line.dataset.answers : line.dataset.types);
  Object.assign(line.querySelector("[data-face]"), { className: `av xs ${hue}`, textContent: letters });
  line.querySelector("[data-said]").textContent = said;
  const button = line.querySelector("[data-ask-colleague]");
  button.dataset.words ??= button.textContent;
  button.textContent = who(button.dataset.words);
  button.dataset.login = login;
  if (box.form.dataset.way !== "note") box.placeholder = who(line.dataset.leave);
  const announced = document.getElementById("announce");
  if (was && announced.textContent !== said) announced.textContent = said;
}

function show() {
  const missing = new Set();
  for (const place of document.querySelectorAll("[data-here]")) {
    const company = others(known, place.dataset.here, me);
    for (const [user] of company) if (!names.has(user)) missing.add(user);
    place.replaceChildren(...company.filter(([user]) => names.has(user)).slice(0, FACES).map((one) => face(...one)));
  }
  showComposer();
  ask([...missing]);
}

function hear(news) {
  known = takenIn(known, news);
  show();
}

if (desk) {
  document.addEventListener("sapa:here", ({ detail }) => hear(detail));
  // a tab that does not hold the stream is told by the others what is known
  tabs.onmessage = ({ data }) => {
    if (data !== "who") hear(data);
    else if (known.size) tabs.postMessage({ all: true, here: Object.fromEntries(known) });
  };
  tabs.postMessage("who");
  document.addEventListener("input", (event) => {
    if (event.target !== draft()) return;
    lastLetter = performance.now();
    report();
  });
  document.addEventListener("htmx:after:swap", () => { report(); show(); });
  document.addEventListener("visibilitychange", () => report());
  document.addEventListener("click", (event) => {
    const colleague = event.target.closest("[data-ask-colleague]");
    if (!colleague) return;
    document.querySelector("#composer [data-way-of=note]").click();
    draft().setRangeText(`@${colleague.dataset.login} `, 0, 0, "end");
    draft().dispatchEvent(new Event("input", { bubbles: true }));
    draft().focus();
  });
  addEventListener("pagehide", leave);
  setInterval(() => report(), 2_000);
  setInterval(() => report(true), AGAIN);
  report();
}
