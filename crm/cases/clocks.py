"""Writing clocks. Every function expects the case to be locked by its caller."""

import datetime as dt

from django.db.models import Max, Min

from crm.cases import clock
from crm.cases.models import Breach, Case, ClockPause, ReviewRule, SlaClock
from crm.cases.policies import Rules, rules_of
from crm.cases.words import ClockKind, Verdict, WakeFor
from crm.events.actions import record
from crm.timeline.models import Interaction

STRUCK = 1000  # turns the history no longer has are numbered from here: the others keep counting 1, 2, 3
REVIEW_DAYS = 3  # while no rule is there


def new_clock(case: Case, kind: str, *, rules: Rules, seconds: int, at: dt.datetime, turn: int = 1) -> SlaClock:
    """An unsaved clock that began at `at`, with its first wake-up set."""
    fresh = SlaClock(
        case=case,
        kind=kind,
        turn=turn,
        policy=rules.policy,
        target_seconds=seconds,
        started_at=at,
        due_at=at + dt.timedelta(seconds=seconds),
        is_archive=case.is_archive,
    )
    set_wake(fresh)
    return fresh


def set_wake(running: SlaClock) -> None:
    """When to look again: the next mark not yet handled. Nothing wakes while paused."""
    marks = rules_of(running.policy_id).marks(running.kind)
    upcoming = clock.next_mark(marks, running.marks_passed, running.due_at, running.target_seconds)
    if upcoming is None or running.paused_at:
        running.wake_at = None
    else:
        running.wake_at, mark = upcoming
        running.wake_for = WakeFor.STEP if mark.act is clock.Act.ESCALATE else WakeFor.MARK


def running_clock(case: Case, kind: str) -> SlaClock | None:
    return SlaClock.objects.select_for_update(no_key=True).filter(case=case, kind=kind, stopped_at__isnull=True).first()


def running_clocks(case: Case) -> list[SlaClock]:
    return list(
        SlaClock.objects.select_for_update(no_key=True).filter(case=case, stopped_at__isnull=True).order_by("pk")
    )


def next_turn(case: Case, kind: str) -> int:
    counted = SlaClock.objects.filter(case=case, kind=kind, turn__lt=STRUCK)
    return (counted.aggregate(last=Max("turn"))["last"] or 0) + 1


def next_struck_turn(case: Case) -> int:
    struck = SlaClock.objects.filter(case=case, kind=ClockKind.RESPONSE, turn__gte=STRUCK)
    return (struck.aggregate(last=Max("turn"))["last"] or STRUCK) + 1


def stop_clock(running: SlaClock, *, at: dt.datetime, detected_at: dt.datetime) -> None:
    """Stop at `at` and judge from the timestamps alone, whatever the sweep did or didn't do before."""
    if running.paused_at:
        resume_clock(running, at=at)
    running.stopped_at, running.wake_at = max(at, running.started_at), None
    judge(running, clock.verdict(running.due_at, running.stopped_at), detected_at=detected_at)
    running.save()


def judge(stopped: SlaClock, decided: Verdict, *, detected_at: dt.datetime) -> None:
    """Write the verdict, and keep the breach record true to it."""
    stopped.verdict = decided
    if decided == Verdict.MISSED:
        record_breach(stopped, detected_at=detected_at)
    else:
        withdraw_breach(stopped, at=detected_at)


def record_breach(missed: SlaClock, *, detected_at: dt.datetime) -> None:
    """One breach a clock. One withdrawn before stands again; one whose promise moved carries the promise's time."""
    case = missed.case
    breach, new = Breach.objects.get_or_create(
        clock=missed,
        defaults={
            "case": case,
            "kind": missed.kind,
            "due_at": missed.due_at,
            "detected_at": detected_at,
            "party": case.party,
            "team_id": case.team_id,
            "division_id": case.division_id,
            "holder_id": case.assignee_id,
            "is_archive": missed.is_archive,
        },
    )
    if new and not missed.is_archive:
        Breach.objects.filter(pk=breach.pk).update(review_due_at=review_due(detected_at))
    if not new and (breach.withdrawn_at or breach.due_at != missed.due_at):
        Breach.objects.filter(pk=breach.pk).update(withdrawn_at=None, due_at=missed.due_at)
    if new:
        record(
            "clock.breached",
            subject=case,
            customer_id=case.customer_id,
            at=missed.due_at,
            clock=missed.pk,
            kind=missed.kind,
            percent=100,
        )


def review_due(since: dt.datetime) -> dt.datetime:
    """Until when a breach known at `since` is to be reviewed. The sweep reckons the same in SQL."""
    days = ReviewRule.objects.values_list("days", flat=True).first() or REVIEW_DAYS
    return since + dt.timedelta(days=days)


def withdraw_breach(kept: SlaClock, *, at: dt.datetime) -> None:
    """An answer given in time was recorded after the sweep had looked: the promise was kept."""
    if Breach.objects.filter(clock=kept, withdrawn_at__isnull=True).update(withdrawn_at=at):
        record("clock.breach_withdrawn", subject=kept.case, customer_id=kept.case.customer_id, at=at, clock=kept.pk)


def void_clock(running: SlaClock, *, at: dt.datetime) -> None:
    """Stop without a verdict (cancelled, merged). A breach that has happened stays one."""
    due = clock.resumed(running.due_at, running.paused_at, at) if running.paused_at else running.due_at
    if due < at:
        stop_clock(running, at=at, detected_at=at)
        return
    close_pause(running, at=at)
    running.due_at = due
    running.stopped_at, running.wake_at, running.verdict = max(at, running.started_at), None, Verdict.VOID
    running.save()


def pause_clock(running: SlaClock, *, at: dt.datetime, waiting_for: str, evidence: Interaction | None) -> None:
    if running.paused_at:
        return
    running.paused_at = at
    set_wake(running)
    running.save()
    ClockPause.objects.create(clock=running, waiting_for=waiting_for, paused_at=at, evidence=evidence)
    record("clock.paused", subject=running.case, customer_id=running.case.customer_id, at=at, clock=running.pk)


def resume_clock(running: SlaClock, *, at: dt.datetime) -> None:
    if running.paused_at is None:
        return
    running.due_at = clock.resumed(running.due_at, running.paused_at, at)
    close_pause(running, at=at)
    set_wake(running)
    running.save()
    record("clock.resumed", subject=running.case, customer_id=running.case.customer_id, at=at, clock=running.pk)


def close_pause(running: SlaClock, *, at: dt.datetime) -> None:
    if running.paused_at is not None:
        ClockPause.objects.filter(clock=running, resumed_at__isnull=True).update(resumed_at=max(at, running.paused_at))
        running.paused_at = None


def move_clock(running: SlaClock, *, started_at: dt.datetime, due_at: dt.datetime, at: dt.datetime, why: str) -> None:
    """Move the promise on purpose: merge, late arrival of an older message, a policy applied by hand."""
    was = running.due_at
    running.started_at, running.due_at = started_at, due_at
    set_wake(running)
    running.save()
    record(
        "clock.moved",
        subject=running.case,
        customer_id=running.case.customer_id,
        at=at,
        clock=running.pk,
        why=why,
        was=was.isoformat(),
        due=due_at.isoformat(),
    )


def refresh_due(case: Case) -> None:
    """Keep the case's nearest running deadline, by which the queues are ordered."""
    running = SlaClock.objects.filter(case=case, stopped_at__isnull=True, paused_at__isnull=True).order_by("due_at")
    nearest = running.values_list("due_at", "kind").first()
    case.due_at, case.due_kind = nearest or (None, "")


def first_waiting(case: Case) -> bool:
    """Has the customer never had an answer by a person?"""
    first = SlaClock.objects.filter(case=case, kind=ClockKind.RESPONSE).aggregate(turn=Min("turn"))["turn"]
    return SlaClock.objects.filter(case=case, kind=ClockKind.RESPONSE, turn=first, stopped_at__isnull=True).exists()
