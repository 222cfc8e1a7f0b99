/** What a key means in a list of `count` rows below a search box. `at` is the row with the focus, -1 the box itself.
    {focus: n} moves there (-1: to the box), {choose: n} takes that row, null leaves the key to the browser. */
export function after(key, at, count) {
  if (!count) return null;
  if (key === "ArrowDown") return { focus: Math.min(at + 1, count - 1) };
  if (key === "ArrowUp") return { focus: Math.max(at - 1, -1) };
  if (key === "Enter" && at < 0) return { choose: 0 };
  if (/^[1-9]$/.test(key) && Number(key) <= count) return { choose: Number(key) - 1 };
  return null;
}
