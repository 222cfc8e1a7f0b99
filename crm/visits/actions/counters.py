"""Sitting down at a counter, and leaving it."""

import datetime as dt

from django.db import IntegrityError, transaction

from crm.events.actions import record
from crm.lib.moments import database_now
from crm.staff.models import User
from crm.visits.errors import CounterTaken, NoOffice, StillServing
from crm.visits.models import Counter, Visit
from crm.visits.words import AT_A_COUNTER


@transaction.atomic
def open_counter(*, number: int, by: User, at: dt.datetime | None = None) -> Counter:
    """Of one's own office. Whoever moves to another counter leaves theirs.

    Raises NoOffice, CounterTaken, StillServing.
    """
    if by.office_id is None:
        raise NoOffice
    at = at or database_now()
    close_counter(by=by, at=at)
    try:
        with transaction.atomic():
            counter = Counter.objects.create(office_id=by.office_id, number=number, by=by, opened_at=at)
    except IntegrityError:
        raise CounterTaken from None
    record("counter.opened", subject=counter, by=by, at=at, office=by.office_id, number=number)
    return counter


@transaction.atomic
def close_counter(*, by: User, at: dt.datetime | None = None) -> bool:
    """Whether there was one. Raises StillServing: nobody is left standing before an empty counter."""
    counter = Counter.objects.select_for_update().filter(by=by).first()
    if counter is None:
        return False
    if Visit.objects.filter(office=counter.office_id, counter=counter.number, state__in=AT_A_COUNTER).exists():
        raise StillServing
    facts = {"office": counter.office_id, "number": counter.number}
    record("counter.closed", subject=counter, by=by, at=at or database_now(), **facts)
    counter.delete()
    return True
