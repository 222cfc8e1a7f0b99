"""The response clocks of a case, recomputed from what was said: for late messages and void answers."""

import datetime as dt

from django.db.models import F, Q, QuerySet

from crm.cases import clock
from crm.cases.clocks import STRUCK, judge, new_clock, next_struck_turn, set_wake, stop_clock
from crm.cases.models import Case, CaseInteraction, SlaClock
from crm.cases.policies import Rules
from crm.cases.words import ClockKind, Verdict
from crm.events.actions import record
from crm.events.models import Event
from crm.timeline.models import Direction, Interaction

ROOM = 10_000


def said_in(case: Case) -> list[clock.Said]:
    """What counts for the response clocks: the customer's messages, answers by a person, settlements."""
    entries = Interaction.objects.filter(in_case__case=case).select_related("in_case")
    waits = _waits_brought(case)
    messages = [clock.Said(one.at, one.answers) for one in entries if _counts(one, waits)]
    return messages + [clock.Said(at, True, only_follow_ups=True) for at in settled_at(case)]


def settled_at(case: Case) -> list[dt.datetime]:
    """When it was settled. What was taken back at once never was."""
    told = Event.objects.filter(subject_type="case", subject_id=case.pk)
    undone = set(told.filter(kind="case.settled_undone").values_list("facts__event", flat=True))
    return [at for pk, at in told.filter(kind="case.settled").values_list("pk", "at") if pk not in undone]


def _waits_brought(case: Case) -> dict[int, dt.datetime]:
    """Since when the customer waited in each case merged into this one. What was judged there is not judged again."""
    merged = Q(case__in=CaseInteraction.objects.filter(case=case).values("moved_from"))
    carried = SlaClock.objects.filter(merged, kind=ClockKind.RESPONSE, verdict=Verdict.VOID, turn__lt=STRUCK)
    return dict(carried.order_by("turn").values_list("case_id", "started_at"))


def _counts(one: Interaction, waits: dict[int, dt.datetime]) -> bool:
    brought_by = one.in_case.moved_from_id
    if brought_by is None:
        return one.direction == Direction.IN or one.answers
    return one.direction == Direction.IN and brought_by in waits and one.at >= waits[brought_by]


def still_waits(case: Case) -> bool:
    """Does the history end with a customer who waits for an answer?"""
    wanted = clock.turns(said_in(case))
    return bool(wanted) and wanted[-1].stopped_at is None


def rebuild_response_clocks(case: Case, *, rules: Rules, seconds: int, at: dt.datetime, why: str) -> None:
    """Make the stored turns equal the history. A recorded act: nothing else rewrites a turn."""
    wanted = clock.turns(said_in(case))
    stored = list(_turns_of(case).select_for_update(no_key=True).order_by("started_at", "turn"))
    places = clock.matched(wanted, [one.started_at for one in stored])
    for place, surplus in enumerate(stored):
        if place not in places:
            _strike(surplus, at=at)
    _make_room(case)
    for number, (turn, known) in enumerate(zip(wanted, places, strict=True), start=1):
        if known is None:
            _add(case, turn, number, rules=rules, seconds=seconds, at=at)
        else:
            _correct(stored[known], turn, number, at=at)
    record("clock.rebuilt", subject=case, customer_id=case.customer_id, at=at, why=why)


def _turns_of(case: Case) -> QuerySet[SlaClock]:
    return SlaClock.objects.filter(case=case, kind=ClockKind.RESPONSE, turn__lt=STRUCK)


def _make_room(case: Case) -> None:
    """Turns are numbered anew one by one; `clock_turn_once` must not see two of a number meanwhile."""
    _turns_of(case).update(turn=F("turn") + ROOM)


def _strike(surplus: SlaClock, *, at: dt.datetime) -> None:
    """A turn that the history no longer has. Voided and numbered apart, not deleted: events point at it."""
    if surplus.stopped_at is None:
        surplus.stopped_at, surplus.wake_at = max(at, surplus.started_at), None
    judge(surplus, Verdict.VOID, detected_at=at)
    surplus.turn = next_struck_turn(surplus.case)
    surplus.save()


def _correct(stored: SlaClock, turn: clock.Turn, number: int, *, at: dt.datetime) -> None:
    was_missed = stored.verdict == Verdict.MISSED
    stored.turn = number
    stored.due_at += turn.started_at - stored.started_at
    stored.started_at = turn.started_at
    if turn.stopped_at is not None:
        stored.stopped_at = None
        stop_clock(stored, at=turn.stopped_at, detected_at=at)
        return
    stored.stopped_at, stored.verdict = None, ""
    if was_missed or stored.due_at < at:  # a turn begins earlier than was known, never later: missed stays missed
        judge(stored, Verdict.MISSED, detected_at=at)
    set_wake(stored)
    stored.save()


def _add(case: Case, turn: clock.Turn, number: int, *, rules: Rules, seconds: int, at: dt.datetime) -> None:
    fresh = new_clock(case, ClockKind.RESPONSE, rules=rules, seconds=seconds, at=turn.started_at, turn=number)
    if turn.stopped_at is None:
        fresh.save()
        return
    # Saved as stopped: a later turn may be running (one_running_clock).
    fresh.stopped_at, fresh.wake_at, fresh.verdict = turn.stopped_at, None, clock.verdict(fresh.due_at, turn.stopped_at)
    fresh.save()
    judge(fresh, fresh.verdict, detected_at=at)
