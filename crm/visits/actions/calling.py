"""From the queue to a counter."""

import datetime as dt

from django.db import IntegrityError, transaction

from crm.staff.models import Office, User
from crm.visits.actions.locking import lock, moment, save
from crm.visits.errors import CounterBusy, CounterNeeded
from crm.visits.models import Visit
from crm.visits.words import AT_A_COUNTER, VisitState


@transaction.atomic
def call_next(*, office: Office, counter: int, by: User | None, at: dt.datetime | None = None) -> Visit | None:
    """Whoever is next, to this counter; None when nobody waits. Raises CounterBusy.

    Two counters never call one person: a row that the other is just taking is passed by.
    """
    waiting = Visit.objects.of_day(office, moment(at)).waiting()
    visit = waiting.select_for_update(no_key=True, skip_locked=True).first()
    return None if visit is None else _call(visit, counter, by=by, at=at)


@transaction.atomic
def call_visit(
    *, visit: Visit, counter: int | None = None, by: User | None = None, at: dt.datetime | None = None
) -> Visit:
    """This person, to this counter: the queue system has chosen. Raises WrongState, CounterBusy, CounterNeeded."""
    return _call(lock(visit, VisitState.WAITING), counter, by=by, at=at)


def _call(visit: Visit, counter: int | None, *, by: User | None, at: dt.datetime | None) -> Visit:
    if counter is None:
        raise CounterNeeded
    at = moment(at, after=visit.arrived_at)
    visit.state, visit.called_at, visit.calls = VisitState.CALLED, at, 1
    visit.counter, visit.by = counter, by
    return _at_counter(visit, "visit.called", by=by, at=at)


def _at_counter(visit: Visit, kind: str, *, by: User | None, at: dt.datetime) -> Visit:
    """The constraint says whether somebody is there, also to two who ask at once."""
    if (
        Visit.objects.filter(office=visit.office_id, counter=visit.counter, state__in=AT_A_COUNTER)
        .exclude(pk=visit.pk)
        .exists()
    ):
        raise CounterBusy
    try:
        with transaction.atomic():
            return save(visit, kind, by=by, at=at, counter=visit.counter)
    except IntegrityError:
        raise CounterBusy from None


@transaction.atomic
def call_again(*, visit: Visit, by: User | None = None, at: dt.datetime | None = None) -> Visit:
    """They did not hear it; the wait ended with the first call all the same. Raises WrongState."""
    visit = lock(visit, VisitState.CALLED)
    visit.calls += 1
    return save(visit, "visit.called_again", by=by, at=moment(at, after=visit.called_at), calls=visit.calls)


@transaction.atomic
def start_visit(
    *, visit: Visit, counter: int | None = None, by: User | None = None, at: dt.datetime | None = None
) -> Visit:
    """They stand before the counter. Whoever was not called (walked straight up) has waited until now.

    Raises WrongState, CounterBusy, CounterNeeded, BadTime.
    """
    visit = lock(visit, VisitState.WAITING, VisitState.CALLED)
    at = moment(at, after=visit.called_at or visit.arrived_at)
    visit.counter = visit.counter if counter is None else counter
    if visit.counter is None:
        raise CounterNeeded
    visit.state, visit.started_at, visit.called_at = VisitState.SERVING, at, visit.called_at or at
    visit.by = by or visit.by
    return _at_counter(visit, "visit.started", by=by, at=at)
