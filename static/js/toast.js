// Toasts stand in #toasts: rendered with the page, swapped in (hx-swap-oob="beforeend:#toasts"), or asked for by the
// answer header HX-Trigger: {"sapa:toast": {"text": "…"}}. One at a time; gone after data-seconds; z presses its undo (keys.js).
import { fails, isBackground, succeeds } from "./failing.js";

const SECONDS = 8;
const region = document.getElementById("toasts");

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000, toast);
  else toast.remove();
}

function welcome(toast) {
  for (const other of [...region.children]) if (other !== toast) other.remove();
  setTimeout(leave, 1000 * (toast.dataset.seconds ?? SECONDS), toast);
}

/** A toast from <template id="toast-…">, with `text` in its [data-text] if given. */
export function toast(template, text) {
  const made = document.getElementById(`toast-${template}`)?.content.firstElementChild.cloneNode(true);
  if (!made) return;
  if (text) made.querySelector("[data-text]").textContent = text;
  region.append(made);
}

if (region) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1) welcome(node);
  }).observe(region, { childList: true });
  if (region.lastElementChild) welcome(region.lastElementChild);
}

document.addEventListener("sapa:toast", (event) => toast("said", event.detail.text));
/** What somebody did is answered each time; what the page reads by itself (each second, perhaps) once for all of it. */
function told(ctx, template) {
  if (!isBackground(ctx)) toast(template);
  else if (fails(ctx.sourceElement)) toast("behind");
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500) told(ctx, "failed");
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement?.matches?.("#draft, [data-composer]")) return;  // the composer says so itself, and tries again
  if (ctx?.sourceEvent?.type !== "sapa:changed") told(ctx, "unreachable");  // that one has the banner of live.js
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (isBackground(ctx) && ctx.response.status < 500) succeeds(ctx.sourceElement);
});
