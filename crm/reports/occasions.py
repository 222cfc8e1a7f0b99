"""When a schedule runs, and about which days. Pure; in its owner's zone."""

import datetime as dt


def next_run(every: str, hour: int, zone: dt.tzinfo, *, after: dt.datetime) -> dt.datetime:
    """The first moment behind `after`: daily, on Mondays, or on the first of the month, at that hour."""
    day = after.astimezone(zone).date()
    while not (_is_day(every, day) and (moment := _at(day, hour, zone)) > after):
        day += dt.timedelta(days=1)
    return moment


def _is_day(every: str, day: dt.date) -> bool:
    return every == "day" or (every == "week" and day.weekday() == 0) or (every == "month" and day.day == 1)


def _at(day: dt.date, hour: int, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), zone)


def period_before(every: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the last whole day, week (from Monday) or month before today."""
    if every == "day":
        return today - dt.timedelta(days=1), today - dt.timedelta(days=1)
    if every == "week":
        monday = today - dt.timedelta(days=today.weekday())
        return monday - dt.timedelta(days=7), monday - dt.timedelta(days=1)
    last = today.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1), last
