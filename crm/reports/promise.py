"""What stands beside the log-in form: how today's promise is kept so far. Shares and times, no case of anybody's."""

import datetime as dt
import zoneinfo
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from crm.reports.sla.filters import Filters
from crm.reports.sla.periods import preset
from crm.reports.sla.totals import TOTAL, count

KEY, SECONDS = "promise-figures", 60


def promise_figures(request: HttpRequest) -> dict[str, Any]:
    """For templates/staff/door.html; asked of the database once a minute, and only where the template reads it."""
    user = getattr(request, "user", None)
    return {} if user is None or user.is_authenticated else {"promise_figures": todays_promise}


def todays_promise() -> dict[str, float | None]:
    return cache.get_or_set(KEY, lambda: promise_of(timezone.now()), SECONDS) or {}


def promise_of(at: dt.datetime) -> dict[str, float | None]:
    """Of the day of `at`, as far as it has come: percent answered in time, median first reply in seconds."""
    zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
    day = preset("today", at.astimezone(zone).date(), zone)
    asked = Filters(at=at, since=day.since, until=day.until, time_zone=settings.TIME_ZONE)
    figures = count(asked)[TOTAL].get(TOTAL)
    if figures is None or not figures["answered"]:
        return {}
    return {"in_time": figures.share("in_time", "answered"), "first_reply": figures.median()}
