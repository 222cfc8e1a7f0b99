"""Locking a case before it is changed, and saving it after."""

import datetime as dt
from typing import Any

from django.db.models.functions import Now

from crm.cases import states
from crm.cases.errors import BadTime, ReasonMissing, StaleVersion
from crm.cases.models import Case
from crm.events.actions import record

TOLERANCE = dt.timedelta(minutes=2)  # clocks of integrators' machines run a little fast


def lock_case(case: Case, *, version: int | None = None) -> Case:
    """A fresh, locked copy with `locked_at` = the database's time at the call. The caller's object is left alone.

    NO KEY UPDATE: the sweep inserts breaches that refer to the case, and must not wait for us.
    """
    locked = Case.objects.select_for_update(no_key=True).annotate(locked_at=Now()).get(pk=case.pk)
    check_version(locked, version)
    return locked


def check_version(case: Case, version: int | None) -> None:
    """`version` is what the writer last read, None for whoever does not mind. Raises StaleVersion."""
    if version is not None and case.version != version:
        raise StaleVersion


def moment(case: Case, at: dt.datetime | None) -> dt.datetime:
    """The act's time: `at`, else when the database heard of it. Raises BadTime for the future."""
    return not_ahead(at, now=case.locked_at)  # type: ignore[attr-defined]


def not_ahead(at: dt.datetime | None, *, now: dt.datetime) -> dt.datetime:
    """`at`, but never later than now: an answer given at once must not lie before a message whose clock runs fast."""
    if at is None:
        return now
    if at > now + TOLERANCE:
        raise BadTime
    return min(at, now)


def heard_at(case: Case, at: dt.datetime) -> dt.datetime:
    """When we learnt of what took place at `at`. Replayed history is lived through at its own times."""
    return at if case.is_archive else case.locked_at  # type: ignore[attr-defined]


def change_state(case: Case, verb: str) -> str:
    """Move the case by the table of states; returns the state it was in."""
    was = case.state
    case.state = states.after(was, verb)
    if was == "waiting" and case.state != "waiting":
        case.waiting_for, case.waiting_since, case.waiting_until = "", None, None
        case.reminded_at = case.proposed_at = None
    if case.state not in states.RUNNING:
        case.snoozed_until = case.snoozed_by = None
    return was


def need_reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def save_and_record(case: Case, event: str, /, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    """Save with the next version, and write the one event of the act."""
    case.version += 1
    case.save()
    record(event, subject=case, customer_id=case.customer_id, by=by, at=at, **facts)
