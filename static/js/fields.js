// Fields in braces that stand open in a text. crm/desk/canned/fields.py says the same; tests/js/fields.json holds both.
const FIELD = /\{ ?(\p{L}[\p{L}\p{N}_ ]{0,39}?) ?\}/gu;

/** Each open field with its place: [{name, start, end}]. */
export function fieldsIn(text) {
  return [...text.matchAll(FIELD)].map((m) => ({ name: m[1], start: m.index, end: m.index + m[0].length }));
}

/** The next open field behind `at`, or with `back` the one before it; undefined when there is none. */
export function nextField(text, at, back = false) {
  const all = fieldsIn(text);
  return back ? all.findLast((field) => field.end <= at) : all.find((field) => field.start >= at);
}

/** The word after a slash that begins a word, right before the caret: {query, start}; null when there is none. */
export function slashBefore(text, caret) {
  const found = /(?:^|\s)\/([^\s/]{0,30})$/u.exec(text.slice(0, caret));
  return found && { query: found[1], start: caret - found[1].length - 1 };
}

/** The same after a question mark that begins a word; it may hold blanks, as one searches in words, but none at first. */
export function questionBefore(text, caret) {
  const found = /(?:^|\s)\?((?:[^\s?/][^\n?/]{0,60})?)$/u.exec(text.slice(0, caret));
  return found && { query: found[1], start: caret - found[1].length - 1 };
}
