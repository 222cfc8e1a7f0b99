// Live updates. The browser's tabs elect a leader (Web Locks); it holds the one EventSource and tells the others
// (BroadcastChannel). What the server sends (crm/desk/live/):
//   id: 123 / event: changed / data: {"topics": ["case:48107", "queues"]}
//   event: here / data: {"all": false, "here": {"48107": [[12, "t"]]}}       who is at a case (here.js)
//   event: beat / data: {"now": "2026-11-22T02:41:23Z", "sweep_age": 2}      every few seconds
// What happened between a page's making and its hearing is told to it at once: ?age= says to the server how long that
// was, "new" does to the tab that leads.
// An element says what it shows with data-live="case:48107 queues" and fetches itself again with
// hx-get="…" hx-trigger="sapa:changed". Nothing personal travels here, only ids.
import { setServerTime } from "./clocks.js";
import { spoken } from "./countdown.js";
import { BACKGROUND } from "./failing.js";
import { retryAfter, touches } from "./topics.js";

const SILENCE = 10_000, READ_ANYWAY = 15_000, SWEEP_LAG = 60, GATHER = 150, AWAY = 60_000, MINUTE = 60_000;
const url = document.body.dataset.liveUrl;
const lang = document.documentElement.lang;
const others = new BroadcastChannel("sapa-live");
const waiting = new Set();
const told = [];  // the last minute of "changed": whoever leads next tells it again
let lastId = "", heard = 0, leads = false, lastSign = performance.now(), lastRead = lastSign, sweep = null, failures = 0, hiddenAt = 0, gathering = 0;

function flush() {
  gathering = 0;
  if (document.hidden) return;
  for (const el of waiting) if (el.isConnected) el.dispatchEvent(new CustomEvent("sapa:changed"));
  waiting.clear();
}

/** Marks what shows one of these topics (all of it without topics) to be fetched again, in one go. */
function refresh(topics) {
  for (const el of document.querySelectorAll("[data-live]")) if (touches(el.dataset.live, topics)) waiting.add(el);
  gathering ||= setTimeout(flush, GATHER);
}

function hear({ kind, id, data, again }) {
  lastSign = heard = performance.now();
  if (id) lastId = id;
  if (kind === "changed" && !again) remember({ kind, id, data });
  if (kind === "changed") refresh(data.topics);
  if (kind === "here") document.dispatchEvent(new CustomEvent("sapa:here", { detail: data }));
  if (kind !== "beat") return;
  setServerTime(data.now);
  sweep = { age: data.sweep_age, at: performance.now() };
}

function tell(message) {
  others.postMessage(message);
  hear(message);
  if (message.kind === "changed") document.dispatchEvent(new CustomEvent("sapa:led", { detail: message.data }));
}

function remember(message) {
  const now = Date.now();
  told.push({ at: now, message });
  while (told[0].at < now - MINUTE) told.shift();
}

/** A tab that was asked for at this moment came too late for what was told since. */
function tellAgain(since) {
  if (since < Date.now() - MINUTE) others.postMessage({ kind: "changed", data: {}, again: true });
  else for (const { at, message } of told) if (at >= since) others.postMessage({ ...message, again: true });
}

function listen() {
  const from = new URL(url, location.href);
  if (lastId) from.searchParams.set("after", lastId);
  else from.searchParams.set("age", ((performance.now() - heard) / 1000).toFixed(1));
  const source = new EventSource(from, { withCredentials: true });
  for (const kind of ["changed", "here", "beat"]) {
    source.addEventListener(kind, (e) => tell({ kind, id: e.lastEventId, data: JSON.parse(e.data) }));
  }
  source.onopen = () => {
    if (failures) tell({ kind: "changed", data: {} });  // all of it: what came meanwhile may be lost
    failures = 0;
  };
  // the browser reconnects by itself (with Last-Event-ID) unless the server refused
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) { failures ||= 1; return; }
    setTimeout(listen, retryAfter(failures++));
  };
}

function lead() {
  leads = true;
  listen();
  return new Promise(() => {});  // the lock is held until this tab goes
}

function write(selector, text) {
  for (const el of document.querySelectorAll(selector)) if (el.textContent !== text) el.textContent = text;
}

function showHealth() {
  const now = performance.now(), silent = now - lastSign, stale = silent > SILENCE;
  document.getElementById("live-banner").hidden = !stale;
  for (const el of document.querySelectorAll("[data-live-state]")) el.dataset.liveState = stale ? "stale" : "live";
  if (stale) write("[data-silent]", spoken(silent / 1000, lang));
  if (stale && now - lastRead > READ_ANYWAY) { lastRead = now; refresh(); }
  if (!sweep) return;
  const age = sweep.age + (now - sweep.at) / 1000;
  document.getElementById("sweep-banner").hidden = sweep.age <= SWEEP_LAG;
  write("[data-sweep-age]", spoken(age, lang));
}

function comeBack() {
  const now = performance.now();
  if (document.hidden) { hiddenAt = now; return; }
  lastSign = now;  // a tab that slept heard nothing: no reason to warn yet
  if (now - hiddenAt > AWAY) refresh(); else flush();
}

// What the page reads by itself is no sign of its reader: it must not keep an idle session alive.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.sourceEvent?.type === "sapa:changed") ctx.request.headers[BACKGROUND] = "1";
});

if (url) {
  others.onmessage = ({ data }) => data.kind !== "new" ? hear(data) : leads && tellAgain(data.since);
  others.postMessage({ kind: "new", since: performance.timeOrigin });
  if (navigator.locks) navigator.locks.request("sapa-live", lead); else lead();
  setInterval(showHealth, 1000);
  document.addEventListener("visibilitychange", comeBack);
  document.addEventListener("click", (e) => { if (e.target.closest("[data-read-now]")) refresh(); });
}
