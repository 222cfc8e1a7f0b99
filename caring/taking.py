"""Whose a task is: taken by one, the best of all by whoever asks for the next, and given back."""

import datetime as dt

from django.db import transaction
from django.db.models import Case as When
from django.db.models import Value
from django.db.models import When as Is
from django.utils import timezone

from caring.deciding import GO, Verdict, decide
from caring.models import Task
from caring.refusals import TaskGone, TaskTaken
from caring.sending import put_off
from caring.words import State, Way
from crm.customers.models import Reveal
from crm.events.actions import record
from crm.staff.models import User

LOOKED_AT = 20  # tasks that the policy may say no to before "next" gives up
RELATED = ("stage", "version", "customer", "subscription__product")


@transaction.atomic
def take_task(*, task: Task, by: User, at: dt.datetime | None = None) -> Verdict:
    """Theirs to do, unless the policy says not now: then it is put off or left out, and the verdict says why.

    Raises TaskGone, TaskTaken.
    """
    at = at or timezone.now()
    task = lock(task.pk)
    if task.assignee and task.assignee_id != by.pk:
        raise TaskTaken(task.assignee.name)
    if task.state != State.OPEN or task.channel not in Task.BY_HAND:
        raise TaskGone
    if task.assignee_id == by.pk:
        return GO
    return assign(task, by, at)


@transaction.atomic
def take_next(*, by: User, at: dt.datetime | None = None) -> Task | None:
    """The best that nobody has: overdue first, then the more important, then the dearer. What the policy does not allow
    now is put off on the way; what a colleague is taking this moment is passed over."""
    at = at or timezone.now()
    late = When(Is(due_at__lt=at, then=Value(0)), default=Value(1))
    free = Task.objects.workable_by(by).by_hand().filter(state=State.OPEN, assignee=None)
    ranked = free.order_by(late, "-stage__importance", "-value", "due_at", "pk")
    for _round in range(LOOKED_AT):
        task = ranked.select_for_update(of=["self"], skip_locked=True).select_related(*RELATED).first()
        if task is None:
            return None
        if assign(task, by, at).may:
            return task
    return None


@transaction.atomic
def give_back(*, task: Task, by: User, at: dt.datetime | None = None) -> Task:
    """To whoever takes it next. A supervisor gives back for somebody who has gone. Raises TaskGone."""
    task = lock(task.pk)
    if task.assignee_id is None or task.state != State.OPEN:
        raise TaskGone
    was, task.assignee = task.assignee_id, None
    task.save(update_fields=["assignee"])
    record("caring.given_back", subject=task, customer_id=task.customer_id, by=by, at=at, stage=task.stage_id, of=was)
    return task


def lock(pk: int) -> Task:
    """Who holds it is read after the lock, not joined: a join would show who held it before."""
    return Task.objects.select_for_update(of=["self"]).select_related(*RELATED).get(pk=pk)


def assign(task: Task, by: User, at: dt.datetime, *, goes_at: dt.datetime | None = None) -> Verdict:
    """The caller holds the task. `goes_at`: when the contact takes place, where that is not at once."""
    verdict = decide(task, goes_at or at)
    if not verdict.may:
        put_off(task, verdict, at)
        return verdict
    task.assignee, task.why, task.state = by, "", State.OPEN
    task.save(update_fields=["assignee", "why", "state"])
    record("caring.taken", subject=task, customer_id=task.customer_id, by=by, at=at, stage=task.stage_id)
    what = {Way.CALL: "msisdn", Way.VISIT: "address"}.get(Way(task.channel))
    if what is not None:
        note_reveal(task, what, by, at)
    return GO


def note_reveal(task: Task, what: str, by: User, at: dt.datetime) -> None:
    """Whoever takes a call sees the number to dial, or for a visit the address: recorded, with the task as reason."""
    reveal = Reveal.objects.create(customer=task.customer, what=what, by=by, reason=str(task.stage), at=at)
    said = {"address": True} if what == "address" else {"contact": what}
    record(
        "customer.revealed", subject=task.customer, customer_id=task.customer_id, by=by, at=at, reveal=reveal.pk, **said
    )
