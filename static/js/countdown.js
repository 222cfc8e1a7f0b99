// How times read. crm/lib/display.py says the same; tests/js/times.json holds both to it.
const MINUTE = 60, HOUR = 3600, DAY = 86400, SECONDS_SHOWN_UNTIL = 4 * HOUR;

// "h" would read as hour for hari, so days are "hr".
const UNITS = {
  en: { day: "d", hour: "h", second: "s", minute: "min", hourWord: "h" },
  id: { day: "hr", hour: "j", second: "dtk", minute: "mnt", hourWord: "jam" },
};
const unitsOf = (lang) => UNITS[lang.slice(0, 2)] ?? UNITS.en;
const two = (n) => String(Math.trunc(n)).padStart(2, "0");

/** What is left on a clock: "03:41", "01:03:42", "5h 32m", "1d 03h", late "−12:40". */
export function countdown(seconds, lang = "en") {
  const whole = Math.trunc(Math.abs(seconds)), unit = unitsOf(lang), sign = seconds <= -1 ? "−" : "";
  const hours = Math.trunc(whole / HOUR), minutes = two((whole % HOUR) / MINUTE);
  if (whole < HOUR) return `${sign}${minutes}:${two(whole % MINUTE)}`;
  if (whole < SECONDS_SHOWN_UNTIL) return `${sign}${two(hours)}:${minutes}:${two(whole % MINUTE)}`;
  if (whole < DAY) return `${sign}${hours}${unit.hour} ${minutes}m`;
  return `${sign}${Math.trunc(whole / DAY)}${unit.day} ${two((whole % DAY) / HOUR)}${unit.hour}`;
}

/** A length of time in a sentence: "48 s", "2 min 10 s", "3 h 5 min". */
export function spoken(seconds, lang = "en") {
  const whole = Math.max(0, Math.trunc(seconds)), unit = unitsOf(lang);
  const parts = whole < HOUR
    ? [[Math.trunc(whole / MINUTE), unit.minute], [whole % MINUTE, unit.second]]
    : [[Math.trunc(whole / HOUR), unit.hourWord], [Math.trunc((whole % HOUR) / MINUTE), unit.minute]];
  const said = parts.filter(([n]) => n).map(([n, word]) => `${n} ${word}`);
  return said.join(" ") || `0 ${unit.second}`;
}

/** late, risk (at most `risk` seconds are left), or calm: ok, and wait for a waiting case whose clock runs on. */
export function tenseOf(left, risk, calm = "ok") {
  if (left <= 0) return "late";
  return left <= risk ? "risk" : calm;
}
