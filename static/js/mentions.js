/** The @word that ends at the cursor: {at: where its @ stands, text: what follows it}; null when there is none. An @
    within a word, as in an address, begins none. */
export function wordBefore(text, cursor) {
  const found = /(?:^|[^\w.@+-])@([\w.+-]*)$/u.exec(text.slice(0, cursor));
  return found && { at: cursor - found[1].length - 1, text: found[1] };
}
