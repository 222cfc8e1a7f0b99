/** What a keydown means to us: "j", "1", "?", "Ctrl+K"; null when it is not for us: somebody types or is in a dialog (`busy`),
    a modifier is held, or single keys are switched off. Ctrl+K works everywhere; Cmd is Ctrl. */
export function meaning({ key, ctrlKey, metaKey, altKey, isComposing }, { busy, lettersOff }) {
  if (isComposing || altKey) return null;
  if (ctrlKey || metaKey) return key.toLowerCase() === "k" ? "Ctrl+K" : null;
  if (busy || lettersOff) return null;
  return /^[a-z1-9?]$/.test(key) ? key : null;
}
