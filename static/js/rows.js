// Rows of a form that can be added: <button data-adds="targets"> copies <template id="targets-empty"> to the end of
// #targets-rows and counts it in targets-TOTAL_FORMS. A row is taken out by its own tick; the server sees to the rest.
export const numbered = (html, number) => html.replaceAll("__prefix__", String(number));

function add(prefix) {
  const total = document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const body = document.getElementById(`${prefix}-rows`);
  body.insertAdjacentHTML("beforeend", numbered(document.getElementById(`${prefix}-empty`).innerHTML, total.value));
  total.value = Number(total.value) + 1;
  body.lastElementChild.querySelector("select, input")?.focus();
}

globalThis.document?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-adds]");
  if (button) add(button.dataset.adds);
});
