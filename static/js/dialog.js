// <dialog class="sheet">: [data-opens=id] opens one, [data-closes] or a click outside closes it. A sheet that is fetched
// goes into <dialog id="sheet"> (hx-target="#sheet") and opens by itself; the answer header HX-Trigger: sapa:done closes it.
const sheet = () => document.getElementById("sheet");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
});

// mousedown, not click: a selection dragged out of the text must not close what it was made in
document.addEventListener("mousedown", (event) => {
  if (event.target.matches("dialog.sheet")) event.target.close();
});

document.addEventListener("htmx:after:swap", () => {
  const dialog = sheet();
  if (dialog && !dialog.open && dialog.childElementCount) dialog.showModal();
});
// emptied at once: "close" comes later, and a swap in between would open what is done with again
document.addEventListener("sapa:done", () => {
  sheet()?.replaceChildren();
  sheet()?.close();
});

// capture: "close" does not bubble
document.addEventListener("close", (event) => {
  if (event.target === sheet() && !event.target.open) event.target.replaceChildren();
}, true);

// [data-dismiss=selector] takes a part of the page away, e.g. a message that has been read
document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) document.querySelector(dismiss.dataset.dismiss)?.remove();
});
