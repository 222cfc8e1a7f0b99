"""What comes in: kept, committed, then taken in by the room that registered for its channel. The table is the queue.

A try is counted and committed before it begins, so that one whose handler kills its worker comes to an end as well.
The handler works in the transaction that ends the arrival: either both happen or neither. What fails is tried again
and then shown; it never holds up the rest. docs/adr/0013-connections-and-arrivals.md says why.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction

from crm.events.actions import record
from crm.lib.failure import place
from crm.lib.moments import database_now
from crm.messaging import health
from crm.messaging.knock import knock_for_arrivals
from crm.messaging.models import Arrival, Connection
from crm.staff.models import User
from crm.timeline.models import Interaction

log = logging.getLogger(__name__)

# About a minute with the delays below: a deadlock or a parent on its way has passed by then.
MOST_ATTEMPTS = 6
FIRST_DELAY, LONGEST_DELAY = dt.timedelta(seconds=2), dt.timedelta(minutes=1)
# As long as a network may deliver an event again; after that its interaction's own id still tells a double.
BODY_LASTS = dt.timedelta(days=7)
NO_HANDLER, KILLED, SET_ASIDE = "no handler", "worker stopped", "set aside"
ID_MAX, KIND_MAX, REASON_MAX = 255, 40, 250  # Arrival's columns


class Ignore(Exception):
    """Raised by a handler: nothing of it is for us (an echo, a robot's answer). The reason holds nothing personal."""


class NotYet(Exception):
    """Raised by a handler: something that must come first is still on its way. Tried again like any failure."""


Handler = Callable[[Arrival], Interaction | None]
_handlers: dict[str, Handler] = {}


def register(channel: str, handler: Handler) -> None:
    """From `AppConfig.ready()`: who takes in what comes over this channel. A handler is idempotent by external ids, and
    speaks to no network: it runs in a transaction."""
    _handlers[channel] = handler


@transaction.atomic
def keep_arrival(
    *, channel: str, connection: Connection | None, external_id: str, body: bytes, kind: str = ""
) -> tuple[Arrival, bool]:
    """Keep it as it came; the same id again returns the first and changes nothing. (arrival, is it new?)

    An id that is missing or longer than any we keep gives way to a digest: of the body, of the id.
    """
    arrival, new = Arrival.objects.get_or_create(
        channel=channel, connection=connection, external_id=_kept_id(external_id, body),
        defaults={"body": body, "kind": kind[:KIND_MAX]},
    )  # fmt: skip
    if new:
        if connection:
            health.note_in(connection.pk)
        transaction.on_commit(partial(knock_for_arrivals, after=0))
    return arrival, new


def _kept_id(external_id: str, body: bytes) -> str:
    if external_id and len(external_id) <= ID_MAX and "\0" not in external_id:
        return external_id
    return "sha256:" + hashlib.sha256(external_id.encode() or body).hexdigest()


def take_due(*, most: int) -> int:
    """Take in what is due, at most so many; returns how many were looked at."""
    taken = 0
    while taken < most and (claimed := _claim()):
        _take(claimed)
        taken += 1
    return taken


@transaction.atomic
def _claim() -> int | None:
    """Count a try of the next one that nobody holds, and put it off to the one after; None when there is none."""
    arrival = Arrival.objects.due().select_for_update(skip_locked=True).first()
    if arrival is None:
        return None
    if arrival.attempts >= MOST_ATTEMPTS:  # no try of it ever came to its end
        _end(arrival, Arrival.State.FAILED, reason=KILLED)
        return arrival.pk
    arrival.attempts += 1
    arrival.look_at = database_now() + min(FIRST_DELAY * 2 ** (arrival.attempts - 1), LONGEST_DELAY)
    arrival.save(update_fields=["attempts", "look_at"])
    return arrival.pk


@transaction.atomic
def _take(pk: int) -> None:
    """One try, unless somebody else was quicker.

    Waits for the row: a worker that saw it due before our claim keeps it locked until its own claim is over, and
    skipping it then would cost the event a try.
    """
    waiting = Arrival.objects.filter(pk=pk, state=Arrival.State.WAITING).select_related("connection")
    arrival = waiting.select_for_update(of=["self"]).first()
    if arrival is None:
        return
    try:
        with transaction.atomic():
            interaction = _handler(arrival.channel)(arrival)
    except Ignore as why:
        _end(arrival, Arrival.State.IGNORED, reason=str(why))
    except NotYet as why:
        _put_off(arrival, str(why))
    except Exception as error:  # poison of any kind is tried again, then shown
        log.error("arrival failed", extra={"arrival_id": arrival.pk, "failure": place(error)})
        _put_off(arrival, place(error))
    else:
        _end(arrival, Arrival.State.TAKEN, interaction=interaction)


def _handler(channel: str) -> Handler:
    """A channel that nobody takes in yet waits like any other fault: the next release may."""
    if channel not in _handlers:
        raise NotYet(NO_HANDLER)
    return _handlers[channel]


def _put_off(arrival: Arrival, reason: str) -> None:
    """The claim has set the time of the next try; after the last one somebody must look."""
    if arrival.attempts >= MOST_ATTEMPTS:
        _end(arrival, Arrival.State.FAILED, reason=reason)
    else:
        arrival.reason = reason[:REASON_MAX]
        arrival.save(update_fields=["reason"])


def _end(arrival: Arrival, state: Arrival.State, *, reason: str = "", interaction: Interaction | None = None) -> None:
    arrival.state, arrival.reason, arrival.interaction = state, reason[:REASON_MAX], interaction
    arrival.ended_at = database_now()
    arrival.save(update_fields=["state", "reason", "interaction", "ended_at"])


@transaction.atomic
def retry_arrival(*, arrival: Arrival, by: User) -> Arrival:
    """Take up a failed one again, once its cause is mended. A second press changes nothing."""
    arrival = Arrival.objects.select_for_update(of=["self"]).get(pk=arrival.pk)
    if arrival.state == Arrival.State.FAILED:
        arrival.state, arrival.attempts = Arrival.State.WAITING, 0
        arrival.look_at, arrival.ended_at = database_now(), None
        arrival.save(update_fields=["state", "attempts", "look_at", "ended_at"])
        record("arrival.retried", subject=arrival, by=by)
        transaction.on_commit(partial(knock_for_arrivals, after=0))
    return arrival


@transaction.atomic
def set_arrival_aside(*, arrival: Arrival, by: User) -> Arrival:
    """Nothing of a failed one is needed; its body is forgotten like any other. A second press changes nothing."""
    arrival = Arrival.objects.select_for_update(of=["self"]).get(pk=arrival.pk)
    if arrival.state == Arrival.State.FAILED:
        _end(arrival, Arrival.State.IGNORED, reason=SET_ASIDE)
        record("arrival.set_aside", subject=arrival, by=by)
    return arrival


def forget_bodies() -> int:
    """Empty what was taken in long ago: the conversation has what people need of it."""
    old = Arrival.objects.filter(ended_at__lt=database_now() - BODY_LASTS).exclude(body=b"")
    return old.exclude(state=Arrival.State.FAILED).update(body=b"")
