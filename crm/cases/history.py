"""The response clocks of a case, recomputed from what was said: for late messages and void answers."""

import datetime as dt

from crm.cases import clock
from crm.cases.clocks import judge, new_clock, set_wake, stop_clock
from crm.cases.models import Case, SlaClock
from crm.cases.policies import Rules
from crm.cases.words import ClockKind, Verdict
from crm.events.actions import record
from crm.events.models import Event
from crm.timeline.models import Direction, Interaction


def said_in(case: Case) -> list[clock.Said]:
    """What counts for the response clocks: the customer's messages, answers by a person, settlements."""
    entries = Interaction.objects.filter(in_case__case=case)
    messages = [clock.Said(one.at, one.answers) for one in entries if one.direction == Direction.IN or one.answers]
    settled = Event.objects.filter(subject_type="case", subject_id=case.pk, kind="case.settled").values_list(
        "at", flat=True
    )
    return messages + [clock.Said(at, True, only_follow_ups=True) for at in settled]


def rebuild_response_clocks(case: Case, *, rules: Rules, seconds: int, at: dt.datetime, why: str) -> None:
    """Make the stored turns equal the history. A recorded act: nothing else rewrites a turn."""
    wanted = clock.turns(said_in(case))
    stored = list(
        SlaClock.objects.select_for_update(no_key=True).filter(case=case, kind=ClockKind.RESPONSE).order_by("turn")
    )
    for surplus in stored[len(wanted) :]:
        _strike(surplus, at=at)
    for number, turn in enumerate(wanted, start=1):
        if number <= len(stored):
            _correct(stored[number - 1], turn, at=at)
        else:
            _add(case, turn, number, rules=rules, seconds=seconds, at=at)
    record("clock.rebuilt", subject=case, customer_id=case.customer_id, at=at, why=why)


def _strike(surplus: SlaClock, *, at: dt.datetime) -> None:
    """A turn that the history no longer has. Voided, not deleted: events point at it."""
    if surplus.stopped_at is None:
        surplus.stopped_at, surplus.wake_at = max(at, surplus.started_at), None
    judge(surplus, Verdict.VOID, detected_at=at)
    surplus.save()


def _correct(stored: SlaClock, turn: clock.Turn, *, at: dt.datetime) -> None:
    stored.due_at += turn.started_at - stored.started_at
    stored.started_at = turn.started_at
    if turn.stopped_at is not None:
        stored.stopped_at = None
        stop_clock(stored, at=turn.stopped_at, detected_at=at)
        return
    stored.stopped_at, stored.verdict = None, ""
    if stored.due_at < at:
        judge(stored, clock.verdict(stored.due_at, at), detected_at=at)
    set_wake(stored)
    stored.save()


def _add(case: Case, turn: clock.Turn, number: int, *, rules: Rules, seconds: int, at: dt.datetime) -> None:
    fresh = new_clock(case, ClockKind.RESPONSE, rules=rules, seconds=seconds, at=turn.started_at, turn=number)
    fresh.save()
    if turn.stopped_at is not None:
        stop_clock(fresh, at=turn.stopped_at, detected_at=at)
