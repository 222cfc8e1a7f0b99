// The pages of channels: what shows how connections do is fetched again every few seconds while somebody can see it
// (data-every; nothing is announced, health is written too often for that); an address is copied with one press.
setInterval(() => {
  if (document.hidden) return;
  for (const el of document.querySelectorAll("[data-every]")) {
    if (!el.contains(document.activeElement)) el.dispatchEvent(new CustomEvent("sapa:changed"));
  }
}, 10_000);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    // without a safe origin there is no clipboard: the selection is ready for Ctrl-C
    if (!navigator.clipboard) return;
    await navigator.clipboard.writeText(field.value);
    button.lastElementChild.textContent = button.dataset.done;
  });
}
