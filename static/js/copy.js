// [data-copies=id]: copies that field, and says so with [data-done]. Hidden until a script can serve it.
export function copying(root) {
  for (const button of root.querySelectorAll("[data-copies][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  await navigator.clipboard?.writeText(field.value).catch(() => document.execCommand("copy"));
  (button.querySelector("span") ?? button).textContent = button.dataset.done;
});
