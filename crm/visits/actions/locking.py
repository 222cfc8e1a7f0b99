"""What all verbs share: the lock, the time, the event. Facts are ids and codes, never what somebody said."""

import datetime as dt
from typing import Any

from crm.events.actions import record
from crm.lib.moments import database_now
from crm.visits.errors import BadTime, WrongState
from crm.visits.models import Visit

TOLERANCE = dt.timedelta(minutes=2)  # clocks of queue systems run a little fast


def lock(visit: Visit, *states: str) -> Visit:
    """A fresh, locked copy. Raises WrongState unless it is in one of the states."""
    locked = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    if locked.state not in states:
        raise WrongState
    return locked


def moment(at: dt.datetime | None, *, after: dt.datetime | None = None) -> dt.datetime:
    """`at`, else now; never before `after`, nor in the future. Raises BadTime."""
    now = database_now()
    if at is None:
        return max(now, after) if after else now
    if at > now + TOLERANCE or (after is not None and at < after):
        raise BadTime
    return min(at, now) if after is None else max(min(at, now), after)


def save(visit: Visit, kind: str, /, *, by: Any, at: dt.datetime, **facts: Any) -> Visit:
    visit.save()
    told(visit, kind, by=by, at=at, **facts)
    return visit


def told(visit: Visit, kind: str, /, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    record(kind, subject=visit, customer_id=visit.customer_id, by=by, at=at, office=visit.office_id, **facts)
