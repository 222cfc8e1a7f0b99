"""Settling, closing, cancelling, rejecting; and reopening what was settled."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from crm.cases import clock
from crm.cases.actions.locking import change_state, heard_at, lock_case, moment, need_reason, save_and_record
from crm.cases.actions.promising import decide_promises, drop_promises
from crm.cases.clocks import first_waiting, new_clock, next_turn, refresh_due, running_clocks, stop_clock, void_clock
from crm.cases.errors import BadTime, FirstReplyMissing
from crm.cases.models import Case, Escalation, Holding
from crm.cases.promises import rules_for
from crm.cases.words import ClockKind, Party
from crm.staff.models import User


@transaction.atomic
def settle_case(
    *,
    case: Case,
    outcome: str,
    by: User | None,
    text: str = "",
    promises: str | Mapping[int, str] = "",
    at: dt.datetime | None = None,
    version: int | None = None,
) -> Case:
    """Settle: the settlement clock stops and is judged now, from the timestamps.

    A follow-up still unanswered (a thank-you) counts as answered; the first message never does: raises
    FirstReplyMissing. `promises` says what becomes of open ones (words.Fate), by id or for all: raises PromiseOpen
    when a person leaves one out. Raises IllegalTransition, StaleVersion, BadTime.
    """
    case = lock_case(case, version=version)
    at = moment(case, at)
    if case.last_message_at is not None and at < case.last_message_at:
        raise BadTime
    if first_waiting(case):
        raise FirstReplyMissing
    decide_promises(case, promises, by=by, at=at)
    was = change_state(case, "settle")
    for running in running_clocks(case):
        stop_clock(running, at=at, detected_at=heard_at(case, at))
    end_escalation(case, at=at)
    case.outcome, case.settlement, case.settled_at = outcome, text, at
    refresh_due(case)
    save_and_record(case, "case.settled", by=by, at=at, was=was, outcome=outcome)
    return case


def reopen_locked(case: Case, *, at: dt.datetime) -> None:
    """Reopen with the settlement time that was left, at least the policy's minimum (four hours)."""
    at = max(at, case.settled_at) if case.settled_at else at
    change_state(case, "reopen")
    rules = rules_for(case)
    last = case.clocks.filter(kind=ClockKind.RESOLUTION).order_by("-turn").first()
    if last is not None and last.stopped_at is not None:
        seconds = clock.reopened_seconds(last.due_at, last.stopped_at, rules.policy.reopen_minimum_seconds)
        turn = next_turn(case, ClockKind.RESOLUTION)
        new_clock(case, ClockKind.RESOLUTION, rules=rules, seconds=seconds, at=at, turn=turn).save()
    case.outcome, case.settlement, case.settled_at = "", "", None
    case.reopened += 1


@transaction.atomic
def reopen_case(
    *, case: Case, by: User | None, reason: str, at: dt.datetime | None = None, version: int | None = None
) -> Case:
    """Reopen a settled case by hand, with a reason. Raises IllegalTransition, ReasonMissing."""
    case = lock_case(case, version=version)
    at = moment(case, at)
    reason = need_reason(reason)
    reopen_locked(case, at=at)
    refresh_due(case)
    save_and_record(case, "case.reopened", by=by, at=at)
    case.notes.create(author=by, text=reason, at=at)
    return case


@transaction.atomic
def close_case(*, case: Case, by: User | None = None, at: dt.datetime | None = None) -> Case:
    """Close a settled case for good. A later message opens a new one."""
    case = lock_case(case)
    at = moment(case, at)
    change_state(case, "close")
    end(case, at=at)
    save_and_record(case, "case.closed", by=by, at=at)
    return case


@transaction.atomic
def cancel_case(
    *, case: Case, by: User | None, reason: str, at: dt.datetime | None = None, version: int | None = None
) -> Case:
    """The customer took it back. Clocks stop without a verdict; a breach that has happened stays one."""
    return _drop(case, "cancel", "case.cancelled", by=by, reason=reason, at=at, version=version)


@transaction.atomic
def reject_case(
    *, case: Case, by: User | None, reason: str, at: dt.datetime | None = None, version: int | None = None
) -> Case:
    """It is not ours to settle. Clocks stop without a verdict; a breach that has happened stays one."""
    return _drop(case, "reject", "case.rejected", by=by, reason=reason, at=at, version=version)


def _drop(
    case: Case, verb: str, event: str, *, by: User | None, reason: str, at: dt.datetime | None, version: int | None
) -> Case:
    case = lock_case(case, version=version)
    at = moment(case, at)
    reason = need_reason(reason)
    was = change_state(case, verb)
    for running in running_clocks(case):
        void_clock(running, at=at)
    case.settlement = reason
    drop_promises(case, by=by, reason=reason, at=at)
    end(case, at=at)
    save_and_record(case, event, by=by, at=at, was=was)
    return case


def end(case: Case, *, at: dt.datetime) -> None:
    """Nothing of a case that has ended is open any more."""
    end_escalation(case, at=at)
    Holding.objects.filter(case=case, until__isnull=True).update(until=at)
    case.closed_at = at
    refresh_due(case)


def end_escalation(case: Case, *, at: dt.datetime) -> None:
    """An open escalation ends with the case; the team holds it again."""
    if Escalation.objects.filter(case=case, ended_at__isnull=True).update(ended_at=at):
        hold(case, party=Party.TEAM, at=at)


def hold(case: Case, *, party: str, at: dt.datetime, division_id: int | None = None) -> None:
    """Hand the case to a party: what each one held, and how long, stays on record."""
    since = Holding.objects.filter(case=case, until__isnull=True).values_list("since", flat=True).first()
    at = max(at, since) if since else at
    Holding.objects.filter(case=case, until__isnull=True).update(until=at)
    case.party, case.division_id = party, division_id
    holder_id = case.assignee_id if party == Party.TEAM else None
    Holding.objects.create(
        case=case, party=party, team_id=case.team_id, division_id=division_id, user_id=holder_id, since=at
    )
