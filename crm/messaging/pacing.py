"""How many messages may leave in bulk, by channel: never more in any sixty seconds, of all workers together.

The rooms above know the limits (the contact policy); this one keeps to them.
"""

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Now

from crm.messaging.models import Taken

WINDOW = dt.timedelta(minutes=1)
# By channel; None: as fast as it goes.
Limit = Callable[[str], int | None]
_limits: list[Limit] = []


def register(limit: Limit) -> None:
    """From `AppConfig.ready()`; of several the strictest counts."""
    _limits.append(limit)


def limit_of(channel: str) -> int | None:
    return min((most for limit in _limits if (most := limit(channel)) is not None), default=None)


def room(channel: str, wanted: int) -> int:
    """So many of `wanted` may be taken now. Until the caller's transaction ends nobody else is told of this room."""
    most = limit_of(channel)
    if most is None:
        return wanted
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bulk on {channel}"])
    # The clock of this statement, not of the transaction: whoever waited for the lock sees what was taken meanwhile.
    lately = Taken.objects.filter(channel=channel, at__gt=Now() - WINDOW)
    used = lately.aggregate(used=Sum("number"))["used"] or 0
    return max(0, min(wanted, most - used))


def note(channel: str, number: int) -> None:
    """Taken, under the lock of room()."""
    if number and limit_of(channel) is not None:
        Taken.objects.filter(channel=channel, at__lte=Now() - WINDOW).delete()
        Taken.objects.create(channel=channel, number=number)
