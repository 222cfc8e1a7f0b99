"""Months as numbers that can be counted with: year * 12 + month - 1. Pure."""

import datetime as dt
import zoneinfo

from django.conf import settings

KEPT = 5  # months in a rolling row: the running one, three that make ARPU, one more for when the newest is late


def number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def last_full(day: dt.date) -> int:
    """The newest month that is over on `day`."""
    return number(day) - 1


def today(at: dt.datetime) -> dt.date:
    """The operator's own calendar day."""
    return at.astimezone(zoneinfo.ZoneInfo(settings.TIME_ZONE)).date()


def begins(day: dt.date) -> dt.datetime:
    """The moment at which the operator's calendar day begins."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zoneinfo.ZoneInfo(settings.TIME_ZONE))
