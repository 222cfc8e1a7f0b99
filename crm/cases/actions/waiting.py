"""Waiting for the customer, a division or an appointment. The settlement clock pauses only where the policy says so."""

import datetime as dt

from django.db import transaction

from crm.cases.actions.locking import change_state, lock_case, moment, save_and_record
from crm.cases.clocks import pause_clock, refresh_due, resume_clock, running_clock
from crm.cases.errors import BadTime
from crm.cases.models import Case, SlaPolicy
from crm.cases.promises import rules_for
from crm.cases.words import ClockKind, Waiting
from crm.staff.models import User
from crm.timeline.models import Interaction


@transaction.atomic
def wait_for(
    *,
    case: Case,
    waiting_for: str,
    by: User | None,
    at: dt.datetime | None = None,
    until: dt.datetime | None = None,
    evidence: Interaction | None = None,
    version: int | None = None,
) -> Case:
    """Wait. `until` is an appointment's time (required for one); `evidence` is the question we asked. A promise that
    is broken already is not paused.

    Raises IllegalTransition, StaleVersion, BadTime.
    """
    case = lock_case(case, version=version)
    at = moment(case, at)
    if waiting_for == Waiting.APPOINTMENT and (until is None or until <= at):
        raise BadTime(field="until")
    if case.state == "waiting":
        end_waiting(case, at=at)
    change_state(case, "wait")
    case.waiting_for, case.waiting_since, case.waiting_until = waiting_for, at, until
    running = running_clock(case, ClockKind.RESOLUTION)
    if running is not None and at <= running.due_at and pauses(rules_for(case).policy, waiting_for):
        pause_clock(running, at=at, waiting_for=waiting_for, evidence=evidence)
    refresh_due(case)
    save_and_record(case, "case.waiting", by=by, at=at, waiting_for=waiting_for, until=until and until.isoformat())
    return case


def pauses(policy: SlaPolicy, waiting_for: str) -> bool:
    return {
        Waiting.CUSTOMER: policy.pause_for_customer,
        Waiting.DIVISION: policy.pause_for_division,
        Waiting.APPOINTMENT: policy.pause_for_appointment,
    }[Waiting(waiting_for)]


@transaction.atomic
def resume_case(*, case: Case, by: User | None, at: dt.datetime | None = None, version: int | None = None) -> Case:
    """What we waited for has come. Raises IllegalTransition when the case isn't waiting."""
    case = lock_case(case, version=version)
    at = moment(case, at)
    waited_for = case.waiting_for
    end_waiting(case, at=at)
    refresh_due(case)
    save_and_record(case, "case.resumed", by=by, at=at, waited_for=waited_for)
    return case


def end_waiting(case: Case, *, at: dt.datetime) -> None:
    """Back to work on a locked case: the state moves, a paused clock runs on."""
    change_state(case, "resume")
    running = running_clock(case, ClockKind.RESOLUTION)
    if running is not None:
        resume_clock(running, at=at)
