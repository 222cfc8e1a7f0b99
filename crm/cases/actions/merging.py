"""Merging: one matter that came twice. Messages move, the earlier clock stays."""

import datetime as dt

from django.db import transaction

from crm.cases.actions.ending import end
from crm.cases.actions.locking import change_state, lock_case, moment, save_and_record
from crm.cases.actions.snoozing import end_snooze
from crm.cases.clocks import move_clock, new_clock, next_turn, refresh_due, running_clock, void_clock
from crm.cases.errors import CannotMerge
from crm.cases.models import Case, CaseInteraction, Note, ProblemCase, Promise, SlaClock
from crm.cases.policies import rules_of
from crm.cases.words import ClockKind, Outcome
from crm.staff.models import User


@transaction.atomic
def merge_cases(*, source: Case, into: Case, by: User | None, at: dt.datetime | None = None) -> Case:
    """Merge `source` into `into` (both running, of one customer); returns `into`.

    Raises CannotMerge, IllegalTransition. Locks by id, so that two opposite merges cannot wait for each other.
    """
    if source.pk == into.pk or source.customer_id != into.customer_id:
        raise CannotMerge
    locked = {case.pk: lock_case(case) for case in sorted([source, into], key=lambda case: case.pk)}
    source, into = locked[source.pk], locked[into.pk]
    at = moment(into, at)
    if not into.is_running:
        raise CannotMerge
    change_state(source, "merge")
    for kind in ClockKind.values:
        keep_earlier_clock(source, into, kind, at=at)
    move_messages(source, into)
    source.merged_into, source.outcome = into, Outcome.MERGED
    end(source, at=at)
    refresh_due(into)
    end_snooze(into, at=at, why="merge", by=by)
    save_and_record(source, "case.merged", by=by, at=at, into=into.pk)
    save_and_record(into, "case.merged_in", by=by, at=at, source=source.pk)
    return into


def move_messages(source: Case, into: Case) -> None:
    CaseInteraction.objects.filter(case=source).update(case=into, moved_from=source)
    Note.objects.filter(case=source).update(case=into)
    Promise.objects.filter(case=source).update(case=into)
    if not ProblemCase.objects.filter(case=into).exists():
        ProblemCase.objects.filter(case=source).update(case=into)
    if source.last_message_at and (into.last_message_at is None or source.last_message_at > into.last_message_at):
        into.preview, into.last_message_at = source.preview, source.last_message_at
        into.last_direction = source.last_direction


def keep_earlier_clock(source: Case, into: Case, kind: str, *, at: dt.datetime) -> None:
    theirs, ours = running_clock(source, kind), running_clock(into, kind)
    if theirs is None:
        return
    void_clock(theirs, at=at)
    if theirs.verdict == "missed":
        return  # judged and closed with its own case; nothing of it is left to keep
    if ours is None:
        carry_over(theirs, into, at=at)
    elif theirs.due_at < ours.due_at or theirs.started_at < ours.started_at:
        earlier = {"started_at": min(theirs.started_at, ours.started_at), "due_at": min(theirs.due_at, ours.due_at)}
        move_clock(ours, **earlier, at=at, why="merge")


def carry_over(theirs: SlaClock, into: Case, *, at: dt.datetime) -> None:
    """`into` had no such clock running: it takes over the promise as its own next turn."""
    turn = next_turn(into, theirs.kind)
    rules = rules_of(theirs.policy_id)
    kept = new_clock(into, theirs.kind, rules=rules, seconds=theirs.target_seconds, at=theirs.started_at, turn=turn)
    kept.marks_passed, kept.due_at = theirs.marks_passed, theirs.due_at
    move_clock(kept, started_at=theirs.started_at, due_at=theirs.due_at, at=at, why="merge")
