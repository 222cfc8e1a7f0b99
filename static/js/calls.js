// A call that begins to ring opens its page, once, unless somebody is writing: then the bar leads there. What the bar
// shows comes from the server (desk/calls/_bar.html); the time since data-since is counted here.
import { serverNow } from "./clocks.js";
import { countdown } from "./countdown.js";

const SHOWN = "sapa-call";

function tick() {
  for (const el of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((serverNow() - Date.parse(el.dataset.since)) / 1000));
    const text = countdown(seconds, document.documentElement.lang);
    if (el.textContent !== text) el.textContent = text;
  }
}

function writing() {
  const el = document.activeElement;
  return el?.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])") && el.value !== "";
}

function pop() {
  tick();
  const call = document.querySelector("#callbar [data-rings]");
  if (!call || sessionStorage.getItem(SHOWN) === call.dataset.rings) return;
  sessionStorage.setItem(SHOWN, call.dataset.rings);
  const href = call.dataset.url;
  if (location.pathname !== href && !writing()) location.assign(href);
}

document.addEventListener("htmx:after:swap", pop);
setInterval(tick, 1000);
tick();
