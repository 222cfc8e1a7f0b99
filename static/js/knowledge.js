// A troubleshooting tree by keyboard: digits choose an answer, Backspace goes one step back.

const busy = () => Boolean(document.activeElement?.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]"));

document.addEventListener("keydown", (event) => {
  if (busy() || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.letterKeys === "off") return;
  const link = event.key === "Backspace" ? document.querySelector("[data-walk-back]") : /^[1-9]$/.test(event.key) && document.querySelector(`[data-walk="${event.key}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
