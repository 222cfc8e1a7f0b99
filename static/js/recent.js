const KEPT = 8;

/** The list with this one first, each once, no longer than it may grow. */
export const recentWith = (list, one) => [one, ...list.filter((other) => other !== one)].slice(0, KEPT);
