"""Into which steps a time is cut, and the moments at which a backlog is counted. Pure."""

import datetime as dt
import zoneinfo

HOURS_UP_TO, DAYS_UP_TO = dt.timedelta(hours=25), dt.timedelta(days=63)


def step(since: dt.datetime, until: dt.datetime) -> str:
    """One day by the hour, about two months by the day, what is longer by the week."""
    length = until - since
    return "hour" if length <= HOURS_UP_TO else "day" if length <= DAYS_UP_TO else "week"


def points(since: dt.datetime, until: dt.datetime, at: dt.datetime, zone: str, by: str) -> list[dt.datetime]:
    """The ends of the steps that are over, and `at` itself while the time is not; never none."""
    ends, end = [], _first_end(since.astimezone(zoneinfo.ZoneInfo(zone)), by)
    while end < min(until, at):
        ends.append(end)
        end = _next(end, by)
    return [*ends, min(until, at)]


def _first_end(since: dt.datetime, by: str) -> dt.datetime:
    if by == "hour":
        return since.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + dt.timedelta(days=1 if by == "day" else 7 - since.weekday())


def _next(end: dt.datetime, by: str) -> dt.datetime:
    return end + {"hour": dt.timedelta(hours=1), "day": dt.timedelta(days=1), "week": dt.timedelta(days=7)}[by]
