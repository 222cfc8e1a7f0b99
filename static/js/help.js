// The customers' pages work without this; with it they say the time zone, press once, copy, and notice an answer.
import { copying } from "./copy.js";

const zone = document.querySelector("input[name=time_zone]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

// A second press while the first is on its way is none. Coming back to the page frees the button again.
const buttons = () => document.querySelectorAll("form[data-once] button:not([type=button])");
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-once]")) return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  for (const button of event.target.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
  for (const button of buttons()) button.removeAttribute("aria-disabled");
});

document.querySelector("[data-summary]")?.focus();
copying(document);

// Is there an answer? Asked while somebody looks; what is being written stays.
const news = document.querySelector("[data-news]");
const EVERY = 20_000;
async function look() {
  if (document.hidden || !news.hidden) return;
  const answer = await fetch(news.dataset.news, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok && (await answer.json()).version !== news.dataset.version) news.hidden = false;
}
if (news) {
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}

// In a frame: tell the page around it how tall we are. Nothing else is said.
if (parent !== window && document.body.classList.contains("embed")) {
  const tell = () => parent.postMessage({ sapaHeight: document.body.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.body);
  tell();
}
