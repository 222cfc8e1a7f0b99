"""Snoozing: a case leaves its queues for a while. It hides the row, never the clock."""

import datetime as dt

from django.db import transaction

from crm.cases import states
from crm.cases.actions.locking import lock_case, moment, save_and_record
from crm.cases.errors import BadTime, IllegalTransition, SnoozedTooLong
from crm.cases.models import Case
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def snooze_case(
    *, case: Case, until: dt.datetime, by: User, at: dt.datetime | None = None, version: int | None = None
) -> Case:
    """Hide the case from its queues until then, at latest its nearest deadline. What the customer writes, and giving
    it to somebody else, end it at once. Raises IllegalTransition, StaleVersion, BadTime, SnoozedTooLong."""
    case = lock_case(case, version=version)
    at = moment(case, at)
    if not states.allowed(case.state, "snooze"):
        raise IllegalTransition(case.state, "snooze")
    if until <= at:
        raise BadTime(field="until")
    if case.due_at is not None and until > case.due_at:
        raise SnoozedTooLong(case.due_at if case.due_at > at else None)
    case.snoozed_until, case.snoozed_by = until, by
    save_and_record(case, "case.snoozed", by=by, at=at, until=until.isoformat())
    return case


@transaction.atomic
def wake_case(*, case: Case, by: User, at: dt.datetime | None = None, version: int | None = None) -> Case:
    """Back to its queues, by hand. A case that is not snoozed stays as it is. Raises StaleVersion."""
    case = lock_case(case, version=version)
    wake_locked(case, at=moment(case, at), why="hand", by=by)
    return case


def wake_locked(case: Case, *, at: dt.datetime, why: str, by: User | None = None) -> bool:
    woken = end_snooze(case, at=at, why=why, by=by)
    if woken:
        case.version += 1
        case.save()
    return woken


def end_snooze(case: Case, *, at: dt.datetime, why: str, by: User | None = None) -> bool:
    """On a locked case that its caller saves. `why`: time, customer, assigned, merge or hand; whoever snoozed it hears
    of it by the event."""
    if case.snoozed_until is None:
        return False
    owner = case.snoozed_by_id
    case.snoozed_until = case.snoozed_by = None
    record("case.woken", subject=case, customer_id=case.customer_id, by=by, at=at, owner=owner, why=why)
    return True
