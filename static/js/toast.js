// Toasts stand in #toasts: rendered with the page, swapped in (hx-swap-oob="beforeend:#toasts"), or asked for by the
// answer header HX-Trigger: {"sapa:toast": {"text": "…"}}. One at a time; gone after data-seconds; z presses its undo.
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

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}

if (region) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1) welcome(node);
  }).observe(region, { childList: true });
  if (region.lastElementChild) welcome(region.lastElementChild);
}

document.addEventListener("sapa:toast", (event) => toast("said", event.detail.text));
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500) toast("failed");
});
document.addEventListener("htmx:error", (event) => {
  const asked = event.detail.ctx?.sourceEvent?.type;
  if (asked !== "sapa:changed") toast("unreachable");  // what the page reads by itself has the banner of live.js
});
document.addEventListener("keydown", (event) => {
  if (event.key === "z" && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) {
    region?.querySelector("[data-undo]")?.click();
  }
});
