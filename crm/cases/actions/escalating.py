"""Escalation: agent → supervisor or service quality → division, by hand with a reason or by the ladder (SOP 5)."""

import datetime as dt

from django.db import transaction
from django.db.models.functions import Greatest

from crm.cases import states
from crm.cases.actions.ending import hold
from crm.cases.actions.locking import change_state, lock_case, moment, need_reason, save_and_record
from crm.cases.clock import Act
from crm.cases.clocks import set_wake
from crm.cases.errors import DivisionMissing, EscalationEnded, IllegalTransition, RemindedJustNow, WantedInThePast
from crm.cases.models import Case, Escalation, SlaClock
from crm.cases.policies import rules_of
from crm.cases.promises import division_of
from crm.cases.words import Party, State
from crm.events.actions import record
from crm.staff.models import Division, User

REMIND_EVERY = dt.timedelta(minutes=30)
RANK = {Party.TEAM: 0, Party.SUPERVISOR: 1, Party.QUALITY: 1, Party.DIVISION: 2}


@transaction.atomic
def escalate_case(
    *,
    case: Case,
    party: str,
    by: User | None,
    reason: str,
    division: Division | None = None,
    wanted_by: dt.datetime | None = None,
    at: dt.datetime | None = None,
    version: int | None = None,
) -> Escalation:
    """Hand the case up by hand. To a division: name which. `wanted_by`: when the answer is needed.

    Raises IllegalTransition, ReasonMissing, DivisionMissing, WantedInThePast, StaleVersion.
    """
    case = lock_case(case, version=version)
    at = moment(case, at)
    if not states.allowed(case.state, "escalate"):
        raise IllegalTransition(case.state, "escalate")
    reason = need_reason(reason)
    if party == Party.DIVISION and division is None:
        raise DivisionMissing
    if wanted_by is not None and wanted_by <= at:
        raise WantedInThePast
    escalation = hand_up(case, party=party, division=division, at=at, by=by, reason=reason, wanted_by=wanted_by)
    record_escalation(case, escalation, by=by, at=at)
    return escalation


def hand_up(case: Case, *, party: str, at: dt.datetime, division: Division | None = None, **how: object) -> Escalation:
    """End the open escalation, open this one, and move the holding. The case is locked."""
    Escalation.objects.filter(case=case, ended_at__isnull=True).update(ended_at=Greatest("at", at))
    escalation = Escalation.objects.create(case=case, party=party, division=division, at=at, **how)
    hold(case, party=party, at=at, division_id=division.pk if division else None)
    return escalation


def record_escalation(case: Case, escalation: Escalation, *, by: User | None, at: dt.datetime) -> None:
    save_and_record(
        case,
        "case.escalated",
        by=by,
        at=at,
        escalation=escalation.pk,
        party=escalation.party,
        division=escalation.division_id,
        clock=escalation.clock_id,
        percent=escalation.percent,
    )


@transaction.atomic
def accept_escalation(*, escalation: Escalation, by: User, at: dt.datetime | None = None) -> Escalation:
    """The receiver takes it on. Accepting twice changes nothing. Raises EscalationEnded."""
    case = lock_case(escalation.case)
    at = moment(case, at)
    escalation = open_escalation(escalation)
    if escalation.accepted_at:
        return escalation
    escalation.accepted_at, escalation.accepted_by = at, by
    escalation.save()
    case.holdings.filter(until__isnull=True).update(user=by)
    if case.state == State.NEW:
        change_state(case, "take_up")
    save_and_record(case, "escalation.accepted", by=by, at=at, escalation=escalation.pk, party=escalation.party)
    return escalation


@transaction.atomic
def hand_back(*, escalation: Escalation, by: User, reason: str, at: dt.datetime | None = None) -> Escalation:
    """Return the case to its team, with what was found. Raises EscalationEnded, ReasonMissing."""
    case = lock_case(escalation.case)
    at = moment(case, at)
    escalation = open_escalation(escalation)
    escalation.ended_at, escalation.handed_back_by = at, by
    escalation.hand_back_reason = need_reason(reason)
    escalation.save()
    hold(case, party=Party.TEAM, at=at)
    save_and_record(case, "escalation.handed_back", by=by, at=at, escalation=escalation.pk, party=escalation.party)
    return escalation


@transaction.atomic
def remind(*, escalation: Escalation, by: User, at: dt.datetime | None = None) -> Escalation:
    """Ask whoever holds it how it stands; they are notified. Raises EscalationEnded, RemindedJustNow."""
    case = lock_case(escalation.case)
    at = moment(case, at)
    escalation = open_escalation(escalation)
    if escalation.reminded_at and at - escalation.reminded_at < REMIND_EVERY:
        raise RemindedJustNow
    escalation.reminded_at, escalation.reminders = at, escalation.reminders + 1
    escalation.save()
    record(
        "escalation.reminded", subject=case, customer_id=case.customer_id, by=by, at=at, escalation=escalation.pk,
        party=escalation.party, division=escalation.division_id,
    )  # fmt: skip
    return escalation


def open_escalation(escalation: Escalation) -> Escalation:
    fresh = Escalation.objects.select_for_update(no_key=True).get(pk=escalation.pk)
    if fresh.ended_at:
        raise EscalationEnded
    return fresh


@transaction.atomic
def climb_ladder(*, clock_id: int, now: dt.datetime) -> bool:
    """Take the due step of one clock's ladder; False when somebody else has, or holds the case just now.

    Locks the case first, as people's acts do, and never waits: the next sweep comes again.
    """
    case = Case.objects.select_for_update(no_key=True, skip_locked=True).filter(clocks__pk=clock_id).first()
    if case is None:
        return False
    stepping = SlaClock.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=clock_id).first()
    if stepping is None or stepping.wake_at is None or stepping.wake_at > now:
        return False
    marks = rules_of(stepping.policy_id).marks(stepping.kind)
    mark = marks[stepping.marks_passed]
    if mark.act is not Act.ESCALATE:
        return False
    at = stepping.wake_at
    stepping.marks_passed, stepping.failures = stepping.marks_passed + 1, 0
    set_wake(stepping)
    stepping.save()
    _take_step(case, stepping, party=mark.party, percent=mark.percent, at=at)
    return True


def _take_step(case: Case, stepping: SlaClock, *, party: str, percent: int, at: dt.datetime) -> None:
    """A step below where the case already stands is passed over; a division comes from the category or those above."""
    division = division_of(case.category) if party == Party.DIVISION else None
    if party == Party.DIVISION and division is None:
        party = Party.SUPERVISOR
    is_higher = party != case.party and RANK[Party(party)] >= RANK[Party(case.party)]
    if case.is_running and is_higher and not climbed(stepping, percent):
        escalation = hand_up(case, party=party, division=division, at=at, clock=stepping, percent=percent)
        record_escalation(case, escalation, by=None, at=at)


def climbed(stepping: SlaClock, percent: int) -> bool:
    """A policy applied by hand may bring the same step again: it is taken once (ladder_step_once)."""
    return Escalation.objects.filter(clock=stepping, percent=percent).exists()
