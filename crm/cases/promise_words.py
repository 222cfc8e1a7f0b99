"""A time in what an agent writes: "paling lambat pukul 15.05", "besok jam 9", "within 2 hours". Pure.

It proposes, a person decides: what speaks of the past ("sejak pukul 9") is left out, what is unclear is not found.
"""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
# Monday first, as date.weekday() counts.
WEEKDAYS = (
    ("senin", "monday"), ("selasa", "tuesday"), ("rabu", "wednesday"), ("kamis", "thursday"),
    ("jumat", "jum'at", "friday"), ("sabtu", "saturday"), ("minggu", "ahad", "sunday"),
)  # fmt: skip
DAY_OF = {word: number for number, words in enumerate(WEEKDAYS) for word in words}
DAYS_ON = {"hari ini": 0, "today": 0, "nanti": 0, "malam ini": 0, "tonight": 0, "sore ini": 0,
           "besok": 1, "esok": 1, "tomorrow": 1, "lusa": 2}  # fmt: skip
DAY = "|".join(re.escape(word) for word in sorted((*DAYS_ON, *DAY_OF), key=len, reverse=True))
UNITS = {"menit": 1, "minutes": 1, "minute": 1, "min": 1, "mins": 1, "jam": 60, "hours": 60, "hour": 60,
         "hari": 1440, "days": 1440, "day": 1440}  # fmt: skip
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
LEAD = (
    r"(?:paling (?:lambat|lama|telat)|selambat-lambatnya|sebelum|maksimal|maks\.?"
    r"|at the latest|no later than|by|before|at|until)"
)
AT_TIME = re.compile(
    rf"(?:{LEAD}\s+)?(?:(?P<day>{DAY})\b[\s,]*)?(?:{LEAD}\s+)?"
    r"(?:(?P<mark>pukul|pkl\.?|jam)\s*|(?P<at>\b(?:at|by|before)\s+))?"
    r"(?P<hour>[01]?\d|2[0-4])(?:[.:](?P<minute>[0-5]\d))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)?"
    rf"(?:\s*(?P<part>pagi|siang|sore|malam))?(?:\s*(?P<zone>wib|wita|wit)\b)?(?:[\s,]+(?P<day_after>{DAY})\b)?(?![\d%])",
    re.IGNORECASE,
)
WITHIN = re.compile(
    rf"(?:dalam(?: waktu)?|within|in)\s+(?P<n>\d{{1,3}})\s*(?:x\s*(?P<each>\d{{1,2}})\s*)?(?P<unit>{UNIT})\b"
    rf"|(?P<n2>\d{{1,3}})\s*(?P<unit2>{UNIT})\s+(?:lagi|ke depan|from now)\b",
    re.IGNORECASE,
)
PAST = re.compile(r"\b(?:sejak|dari|mulai|tadi|kemarin|since|from|yesterday|pada)\s*(?:\w+\s+)?$", re.IGNORECASE)
NEAR = 40  # letters before a time that may say that it is past
FARTHEST = dt.timedelta(days=14)


@dataclass(frozen=True)
class Found:
    """`start` and `end` are where it stands in the text."""

    due_at: dt.datetime
    start: int
    end: int


def find_promise(text: str, *, now: dt.datetime, zone: str) -> Found | None:
    """The last time to come that the text names, read in the customer's `zone` unless it names another."""
    found = [*_within(text, now), *_at_times(text, now.astimezone(ZoneInfo(zone)))]
    ahead = [one for one in found if now < one.due_at <= now + FARTHEST]
    return max(ahead, key=lambda one: one.start, default=None)


def sentence_around(text: str, found: Found) -> str:
    """The sentence that holds it: what was promised, in the agent's own words."""
    before = max(text.rfind(mark, 0, found.start) for mark in (". ", "! ", "? ", "\n"))
    ends = [at for mark in (". ", "! ", "? ", "\n") if (at := text.find(mark, found.end)) >= 0]
    return text[before + 1 : min(ends, default=len(text))].strip(" .!?\n")


def _within(text: str, now: dt.datetime) -> list[Found]:
    found = []
    for match in WITHIN.finditer(text):
        number = int(match["n"] or match["n2"]) * int(match["each"] or 1)
        minutes = number * UNITS[(match["unit"] or match["unit2"]).lower()]
        found.append(Found(now + dt.timedelta(minutes=minutes), match.start(), match.end()))
    return found


def _at_times(text: str, here: dt.datetime) -> list[Found]:
    found = []
    for match in AT_TIME.finditer(text):
        if _is_a_time(match) and not PAST.search(text[max(0, match.start() - NEAR) : match.start()]):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            found.append(Found(_moment(match, here), start, match.start() + len(match[0].rstrip(" ,"))))
    return found


def _is_a_time(match: re.Match[str]) -> bool:
    """A bare number is none: it takes a mark (pukul, am, WIB), a colon after "at", or a day."""
    marked = match["mark"] or match["half"] or match["zone"] or match["part"]
    return bool(marked or (match["minute"] and (match["at"] or match["day"] or match["day_after"])))


def _moment(match: re.Match[str], here: dt.datetime) -> dt.datetime:
    if match["zone"]:
        here = here.astimezone(ZoneInfo(ZONES[match["zone"].lower()]))
    hour = _hour(int(match["hour"]), (match["half"] or "").lower().replace(".", ""), (match["part"] or "").lower())
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    day = (match["day"] or match["day_after"] or "").lower()
    due = midnight + dt.timedelta(days=_days_on(day, here), hours=hour, minutes=int(match["minute"] or 0))
    if due <= here and not day:
        due += dt.timedelta(days=1)
    return due + dt.timedelta(days=7) if due <= here and day in DAY_OF else due


def _hour(hour: int, half: str, part: str) -> int:
    if half == "pm" or part == "sore" or (part == "malam" and hour >= 6) or (part == "siang" and hour < 5):
        return hour + 12 if hour < 12 else hour
    return 0 if half == "am" and hour == 12 else hour


def _days_on(day: str, here: dt.datetime) -> int:
    if day in DAY_OF:
        return (DAY_OF[day] - here.weekday()) % 7
    return DAYS_ON.get(day, 0)
