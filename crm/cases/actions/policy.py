"""Policies: published once, then never edited; applied to running clocks only on purpose."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm.cases import clock
from crm.cases.actions.locking import lock_case, moment, save_and_record
from crm.cases.clocks import move_clock, refresh_due, running_clocks
from crm.cases.errors import DraftMoved, NeedsAnother, PolicyPublished
from crm.cases.models import Case, SlaClock, SlaPolicy
from crm.cases.policies import rules_of
from crm.cases.promises import promise_for
from crm.events.actions import record
from crm.staff.access import TABLE
from crm.staff.models import User


@transaction.atomic
def publish_policy(
    *, policy: SlaPolicy, by: User | None, at: dt.datetime | None = None, seen: str | None = None
) -> SlaPolicy:
    """Put a draft into force for cases opened from now on. Raises PolicyPublished when it already is, NeedsAnother
    when `by` saved it last and somebody else may publish (the database refuses it too), DraftMoved when it is no more
    what `by` has read (`seen` is its `stamp` then)."""
    policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    if policy.published_at:
        raise PolicyPublished
    if seen is not None and policy.stamp != seen:
        raise DraftMoved
    if policy.drafted_by_id and (by is None or by.pk == policy.drafted_by_id):
        need_nobody_else(policy.drafted_by_id)
    policy.published_at, policy.published_by = at or timezone.now(), by
    policy.save()
    record("policy.published", subject=policy, by=by, at=policy.published_at, version=policy.version)
    return policy


def publishers(but: int | None) -> QuerySet[User]:
    """Who may publish what `but` drafted."""
    return User.objects.filter(is_active=True, role__in=TABLE["policy.edit"]).exclude(pk=but).order_by("name")


def need_nobody_else(drafter: int) -> None:
    if others := list(publishers(drafter).values_list("name", flat=True)[:5]):
        raise NeedsAnother(others)


@transaction.atomic
def ask_to_publish(*, policy: SlaPolicy, by: User, at: dt.datetime | None = None) -> list[User]:
    """Tell those who may publish this draft that it waits for one of them; returns them. Raises PolicyPublished."""
    draft = SlaPolicy.objects.select_for_update().filter(pk=policy.pk, published_at=None).first()
    if draft is None:
        raise PolicyPublished
    asked = [user for user in publishers(draft.drafted_by_id) if user.pk != by.pk]
    people = [user.pk for user in asked]
    record("policy.asked", subject=draft, by=by, at=at, version=draft.version, users=people)
    return asked


@transaction.atomic
def apply_policy(*, case: Case, policy: SlaPolicy, by: User, at: dt.datetime | None = None) -> Case:
    """Apply a published policy to the running clocks of one case. A verdict already given stays. Raises NoPolicy for
    a draft.

    The promise is never shortened (architecture.md): a nearer deadline than the old one is not taken over.
    """
    case = lock_case(case)
    at = moment(case, at)
    rules = rules_of(policy.pk)
    promise = promise_for(case, rules)
    for running in running_clocks(case):
        seconds = promise.seconds(running.kind)
        if seconds is None or running.verdict:
            continue
        longer = max(seconds - running.target_seconds, 0)
        running.policy, running.target_seconds = rules.policy, running.target_seconds + longer
        due_at = running.due_at + dt.timedelta(seconds=longer)
        running.marks_passed = passed_marks(running, rules.marks(running.kind), due_at, at)
        move_clock(running, started_at=running.started_at, due_at=due_at, at=at, why="policy")
    refresh_due(case)
    save_and_record(case, "policy.applied", by=by, at=at, policy=policy.pk, version=policy.version)
    return case


def passed_marks(running: SlaClock, marks: clock.Schedule, due_at: dt.datetime, at: dt.datetime) -> int:
    """Marks that lie behind on the new clock are not handled again; the breach is, whoever looks first."""
    return sum(
        clock.mark_at(due_at, running.target_seconds, mark.percent) <= at
        for mark in marks
        if mark < clock.Mark(100, clock.Act.BREACH)
    )
