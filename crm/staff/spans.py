"""A shift as people write it: '07-15', '7:30-15:30', '22-06' (into the next morning)."""

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass

FORM = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?$")


@dataclass(frozen=True)
class Span:
    starts: dt.time
    ends: dt.time

    def on(self, day: dt.date, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """The two moments when it begins on `day`; an end that is not later lies on the next day."""
        last = day if self.ends > self.starts else day + dt.timedelta(days=1)
        return dt.datetime.combine(day, self.starts, zone), dt.datetime.combine(last, self.ends, zone)

    def __str__(self) -> str:
        return f"{_short(self.starts)}-{_short(self.ends)}"


def parse(text: str) -> Span | None:
    """None for an empty cell. Raises ValueError for what is no span."""
    if not text.strip():
        return None
    found = FORM.match(text.strip())
    if not found:
        raise ValueError(text)
    hour, minute, last_hour, last_minute = (int(part or 0) for part in found.groups())
    # People write 24 for midnight; dt.time refuses whatever else is no time of day.
    span = Span(dt.time(hour, minute), dt.time(0 if last_hour == 24 else last_hour, last_minute))
    if span.starts == span.ends:
        raise ValueError(text)
    return span


def between(starts_at: dt.datetime, ends_at: dt.datetime, zone: zoneinfo.ZoneInfo) -> Span:
    """The span of a planned shift, by the clock of `zone`."""
    return Span(starts_at.astimezone(zone).time(), ends_at.astimezone(zone).time())


def _short(time: dt.time) -> str:
    return f"{time:%H:%M}" if time.minute else f"{time:%H}"
