"""The periods a report may be about, in the reader's own days. Pure."""

import datetime as dt
from dataclasses import dataclass

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Period:
    """`until` is the midnight after the last day; `before` is the period it is compared with."""

    since: dt.datetime
    until: dt.datetime
    before: Span

    @property
    def last_day(self) -> dt.date:
        return (self.until - dt.timedelta(hours=1)).date()


def midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, zone)


def days(first: dt.date, last: dt.date, zone: dt.tzinfo) -> Period:
    """From the first day to the last, both included; compared with as many days just before."""
    length = last - first + dt.timedelta(days=1)
    since, until = midnight(first, zone), midnight(last + dt.timedelta(days=1), zone)
    return Period(since, until, (midnight(first - length, zone), since))


def months(today: dt.date, count: int, zone: dt.tzinfo) -> Period:
    """The month (count 1) or quarter (count 3) of today, so far; compared with the whole one before."""
    first = today.replace(month=(today.month - 1) // count * count + 1, day=1)
    earlier = first
    for _month in range(count):
        earlier = (earlier - dt.timedelta(days=1)).replace(day=1)
    since, until = midnight(first, zone), midnight(today + dt.timedelta(days=1), zone)
    return Period(since, until, (midnight(earlier, zone), since))


def preset(name: str, today: dt.date, zone: dt.tzinfo) -> Period:
    match name:
        case "today":
            return days(today, today, zone)
        case "week":
            return days(today - dt.timedelta(days=6), today, zone)
        case "quarter":
            return months(today, 3, zone)
    return months(today, 1, zone)
