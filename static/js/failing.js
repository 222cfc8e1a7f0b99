// What the page reads by itself and what of it fails now: its reader is told when that begins, not at each try.
export const BACKGROUND = "X-Sapa-Background";  // crm/staff/middleware.py

export const isBackground = (ctx) => Boolean(ctx?.request?.headers?.[BACKGROUND]);

const failing = new Set();

/** `element` could not be read. Returns whether its reader is to be told: nothing else on the page was failing yet. */
export function fails(element) {
  for (const one of failing) if (!one.isConnected) failing.delete(one);
  const isFirst = !failing.size;
  failing.add(element);
  return isFirst;
}

/** `element` was read: when it fails once more, that is news. */
export function succeeds(element) {
  failing.delete(element);
}
