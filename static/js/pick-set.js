/** The numbers between two rows of a list, both included, whichever stands first; only `to` where `from` is gone. */
export function between(order, from, to) {
  const a = order.indexOf(from), b = order.indexOf(to);
  if (a < 0 || b < 0) return [to];
  return order.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** What is still in the list of what was chosen: a row that left takes its tick along. */
export function still(chosen, order) {
  return new Set(order.filter((number) => chosen.has(number)));
}

/** What a dialog for many is asked with: the ticked ones by number, or everything that matches. */
export function asked(chosen, all) {
  return all ? { all: "1" } : { numbers: [...chosen].join(",") };
}
