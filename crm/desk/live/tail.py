"""Reads the end of the Event table, once for all browsers of this process.

A bigserial id can commit out of order. Each look therefore reads again everything from the oldest transaction that was
still open at the look before, and drops what it has already told: nothing is skipped, however late it commits.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

from crm.cases import sweep
from crm.desk.live.audience import News, Whereabouts, callers_of, cases_of, offices_of, people_of, rooms_of
from crm.desk.models import Notification
from crm.events.models import Event
from crm.events.subscribe import finished_transactions

log = logging.getLogger(__name__)
PAUSE = 0.15  # seconds between two looks: three small queries; with the 0.5 s between messages still within a second
PAUSE_AFTER_FAILURE = 1.0
MOST = 5_000  # events read again at a look; past that everybody is told to fetch everything
Tell = Callable[[News, float | None], None]


class Tail:
    def __init__(self) -> None:
        self._floor = 0
        self._told: set[int] = set()
        self._last_bell = 0
        self._places = Whereabouts()
        self._has_begun = False
        self._owes_everything_at = 0

    def begin(self) -> None:
        """From here on: what happened before stands in the pages that were just read."""
        self._floor = finished_transactions()
        self._told = set(Event.objects.filter(transaction__gte=self._floor).values_list("pk", flat=True)[:MOST])
        self._last_bell = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._has_begun = True

    def look(self) -> News:
        """What is new since the last look."""
        if not self._has_begun:
            self.begin()
        horizon = finished_transactions()  # before the events: whatever lies below it is in them
        fields = ("pk", "transaction", "kind", "subject_type", "subject_id", "facts")
        rows = list(
            Event.objects.filter(transaction__gte=self._floor).order_by("transaction", "pk").values_list(*fields)[:MOST]
        )
        if len(rows) == MOST:
            return self._skip(horizon)
        fresh = [row[2:] for row in rows if row[0] not in self._told]
        self._told = {row[0] for row in rows if row[1] >= horizon}
        self._floor = horizon
        people = people_of(row[:3] for row in fresh)
        offices = offices_of(row[1:] for row in fresh)
        callers = callers_of(row[1:] for row in fresh)
        cases = self._places.of(cases_of(row[1:] for row in fresh))
        rooms = rooms_of(row[:3] for row in fresh)
        return News(cases, self._bells(), people, offices, self._owed(horizon), callers, rooms)

    def _skip(self, horizon: int) -> News:
        """Too much at once, or a transaction open for very long: begin anew, and tell once more when that is over."""
        newest = Event.objects.order_by("-transaction").values_list("transaction", flat=True).first() or horizon
        self._floor, self._told, self._owes_everything_at = newest + 1, set(), newest + 1
        return News(everything=True)

    def _owed(self, horizon: int) -> bool:
        if self._owes_everything_at and horizon >= self._owes_everything_at:
            self._owes_everything_at = 0
            return True
        return False

    def _bells(self) -> frozenset[int]:
        rows = Notification.objects.filter(pk__gt=self._last_bell).order_by("pk").values_list("pk", "user_id")[:MOST]
        found = list(rows)
        self._last_bell = found[-1][0] if found else self._last_bell
        return frozenset(user for _pk, user in found)


def follow(tail: Tail, tell: Tell, stop: threading.Event) -> None:
    """Look and tell until stopped. A database that is away is waited for; the position is kept meanwhile."""
    while not stop.is_set():
        began = time.monotonic()
        try:
            tell(tail.look(), sweep.heartbeat())
        except (OperationalError, InterfaceError):
            log.warning("live updates wait for the database")
            _drop_connection()
            stop.wait(PAUSE_AFTER_FAILURE)
        except Exception:
            log.exception("live updates failed once")
            _drop_connection()
            stop.wait(PAUSE_AFTER_FAILURE)
        stop.wait(max(0.0, PAUSE - (time.monotonic() - began)))
    _drop_connection()


def _drop_connection() -> None:
    try:
        connection.close()
    except (OperationalError, InterfaceError):
        connection.connection = None
