/** What is known with the news of the live stream taken in: {all, here: {number: [[user, state], …]}}; an empty list is
    nobody any more. */
export function takenIn(known, { all, here }) {
  const next = new Map(all ? [] : known);
  for (const [number, company] of Object.entries(here)) {
    if (company.length) next.set(number, company); else next.delete(number);
  }
  return next;
}

const STRENGTH = { v: 0, t: 1, a: 2 };

/** The others at a case, who does most first. */
export function others(known, number, me) {
  const company = (known.get(String(number)) ?? []).filter(([user]) => user !== me);
  return company.sort(([, one], [, other]) => STRENGTH[other] - STRENGTH[one]);
}
