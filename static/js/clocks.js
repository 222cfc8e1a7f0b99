// Runs every clock on the page. A host carries data-due (ISO), data-risk (seconds before it that are "at risk") and
// data-tense; a waiting case whose clock runs on also data-calm="wait". Inside it [data-left] shows what is left,
// [data-chip] .i is its icon, rect[data-used] its bar (the host then has data-total, seconds). data-title puts it before
// the page's title; data-say-risk and data-say-late are told to a screen reader, once each. Without data-due it stands still.
import { countdown, tenseOf } from "./countdown.js";
import { setTitle } from "./title.js";

const ICONS = { ok: "clock", risk: "alert-triangle", late: "alarm", wait: "hourglass" };
const lang = document.documentElement.lang;
let ahead = Date.parse(document.body.dataset.now ?? "") - Date.now() || 0;

/** The server's time counts, not this computer's. */
export const setServerTime = (iso) => { ahead = Date.parse(iso) - Date.now(); };
export const serverNow = () => Date.now() + ahead;

const write = (el, text) => { if (el.textContent !== text) el.textContent = text; };

function move(host, tense) {
  const say = host.dataset[tense === "late" ? "sayLate" : "sayRisk"];
  host.dataset.tense = tense;
  for (const use of host.querySelectorAll("[data-chip] use")) {
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[tense]}`));
  }
  if (say && (tense === "risk" || tense === "late")) write(document.getElementById("announce"), say);
}

function turn(host, now) {
  const left = (Date.parse(host.dataset.due) - now) / 1000, text = countdown(left, lang);
  const tense = tenseOf(left, Number(host.dataset.risk ?? 0), host.dataset.calm);
  if (host.dataset.tense !== tense) move(host, tense);
  for (const el of host.querySelectorAll("[data-left]")) write(el, text);
  const used = host.dataset.total && host.querySelector("rect[data-used]");
  if (used) used.setAttribute("width", Math.min(100, 100 - (left / host.dataset.total) * 100).toFixed(2));
  if ("title" in host.dataset) setTitle(`${text} · ${host.dataset.title}`);
}

function tick() {
  const now = serverNow();
  for (const host of document.querySelectorAll("[data-due]")) turn(host, now);
}

function run() {
  tick();
  setTimeout(run, 1000 - (serverNow() % 1000));
}

run();
document.addEventListener("htmx:after:swap", tick);
document.addEventListener("visibilitychange", tick);
