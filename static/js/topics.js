/** Does an element that shows `shown` ("case:48107 queues") care about these topics? Without topics everything does. */
export function touches(shown, topics) {
  if (!topics) return true;
  const own = shown.split(/\s+/);
  return topics.some((topic) => own.includes(topic));
}

/** Milliseconds until the next try: 1, 2, 4 … 30 s, and up to as much again by chance, so that a restarted server is not
    stormed by everybody at once. */
export function retryAfter(failures, chance = Math.random()) {
  const base = Math.min(30_000, 1000 * 2 ** failures);
  return Math.round(base * (1 + chance));
}
