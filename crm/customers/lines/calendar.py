"""The operator's own calendar day, whatever the clock of a server says. Pure."""

import datetime as dt
import zoneinfo

from django.conf import settings


def day_of(at: dt.datetime) -> dt.date:
    return at.astimezone(zoneinfo.ZoneInfo(settings.TIME_ZONE)).date()
