"""How a connection does: written where it is spoken to, read by the page of channels and the metrics.

One plain update each, and never an error: a note that could not be written must not cost the caller its work.
"""

import datetime as dt
import logging
from typing import Any

from django.db import Error, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from crm.lib.failure import place
from crm.messaging.models import Connection

log = logging.getLogger(__name__)

# The same good news again is written once in so long: pollers and webhooks bring it many times a second.
NEWS_LASTS = dt.timedelta(seconds=10)
WELL: dict[str, Any] = {"last_ok_at": Now(), "fault": "", "fault_since": None, "paused_until": None}
# A network limits each kind of request by itself: what it allows of one kind does not end its pause of another.
PAUSED = Q(paused_until__gt=Now())
LONGEST = 250


def note_in(connection: int) -> None:
    """Something came in."""
    old = Q(last_in_at__isnull=True) | Q(last_in_at__lt=Now() - NEWS_LASTS)
    _write(_of(connection).filter(old), last_in_at=Now())


def note_out(connection: int) -> None:
    """It took a message of ours."""
    _write(_of(connection), last_out_at=Now())
    note_ok(connection)


def note_ok(connection: int) -> None:
    """It did as asked. A pause that it wants goes on to its end, and its reason with it."""
    old = Q(last_ok_at__isnull=True) | Q(last_ok_at__lt=Now() - NEWS_LASTS)
    _write(_of(connection).filter(old | ~Q(fault="") | Q(paused_until__isnull=False)).exclude(PAUSED), **WELL)
    _write(_of(connection).filter(old & PAUSED), last_ok_at=Now())


def note_alive(connection: int) -> None:
    """It answers; what else may be wrong with it (its other server), this does not know."""
    old = Q(last_ok_at__isnull=True) | Q(last_ok_at__lt=Now() - NEWS_LASTS)
    _write(_of(connection).filter(old), last_ok_at=Now())


def note_fault(connection: int, reason: str, *, paused_until: dt.datetime | None = None) -> None:
    """It did not. `reason` is technical and holds nothing personal; `paused_until` is what the network said."""
    tidy = " ".join(reason.replace("\0", " ").split())[:LONGEST] or "unknown"
    pause = {"paused_until": paused_until} if paused_until else {}
    _write(_of(connection), fault=tidy, fault_at=Now(), fault_since=Coalesce(F("fault_since"), Now()), **pause)


def _of(connection: int) -> QuerySet[Connection]:
    return Connection.objects.filter(pk=connection)


def _write(connections: QuerySet[Connection], **values: Any) -> None:
    try:
        with transaction.atomic():  # inside a caller's transaction: a failed note must not fail what that one did
            connections.update(**values)
    except Error as error:
        log.warning("health not noted", extra={"failure": place(error)})
