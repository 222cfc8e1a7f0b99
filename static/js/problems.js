// [data-inserts] puts its words where the cursor stands in the field it names (data-into).
export function inserted(text, start, end, words) {
  return { text: text.slice(0, start) + words + text.slice(end), cursor: start + words.length };
}

if (typeof document !== "undefined") {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inserts]");
    if (!button) return;
    const field = document.getElementById(button.dataset.into);
    const made = inserted(field.value, field.selectionStart, field.selectionEnd, button.dataset.inserts);
    field.value = made.text;
    field.focus();
    field.setSelectionRange(made.cursor, made.cursor);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
