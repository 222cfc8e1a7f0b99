"""An outcome taken back within minutes: a key pressed by mistake changes nothing for the customer.

What reached them or stands in another room by now is not taken back: the reason is told instead.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.following import CHANNEL, CHECKS_IN, next_check
from caring.models import Attempt, Task
from caring.refusals import CannotUndo
from caring.taking import lock
from caring.words import Outcome, State
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.models import User
from crm.timeline.models import Direction, Interaction

WITHIN = dt.timedelta(minutes=5)


@transaction.atomic
def undo_outcome(*, task: Task, by: User, at: dt.datetime | None = None) -> Task:
    """As it was before: theirs, to be done. The event says that it was so. Raises CannotUndo."""
    at = at or timezone.now()
    task = lock(task.pk)
    attempt = task.attempts_made.order_by("-number").first()
    why = why_not(task, attempt, by, at)
    if why or attempt is None:
        raise CannotUndo(why)
    outcome, state = attempt.outcome, task.state
    Interaction.objects.filter(
        customer=task.customer, staff=by, at=attempt.at, direction=Direction.OUT, channel=CHANNEL[attempt.channel],
        subject=task.version.name, voided_at=None,
    ).update(voided_at=at)  # fmt: skip
    if task.stage_id == CHECKS_IN:
        Task.objects.filter(
            stage=task.stage_id, customer=task.customer, occasion=next_check(task), state=State.WAITING, tried=0
        ).delete()
    _restore(task, attempt, at)
    attempt.delete()
    record(
        "caring.outcome_undone", subject=task, customer_id=task.customer_id, by=by, at=at, stage=task.stage_id,
        outcome=outcome, state=state, line=task.subscription_id,
        points=task.version.points if state == State.DONE else 0,
    )  # fmt: skip
    return task


def why_not(task: Task, attempt: Attempt | None, by: User, at: dt.datetime) -> str:
    """In words; empty: it can be taken back."""
    if attempt is None or attempt.number != task.tried or task.customer.erased_at:
        return _("There is no outcome to take back.")
    reasons = (
        (attempt.channel not in CHANNEL, _("A message has left since: what is sent is not taken back.")),
        (attempt.by_id != by.pk, _("Whoever noted the outcome can take it back.")),
        (at - attempt.at > WITHIN, _("Five minutes have passed: what was noted stands.")),
        ("opened" in task.facts, _("A case was opened with it: go on there.")),
        ("wants" in task.facts, _("The customer's wish is recorded: change it on their page.")),
        (
            attempt.outcome == Outcome.WRONG_NUMBER,
            _("The number is on the list of corrections: decide it there."),
        ),
        (task.assignee_id not in (None, by.pk), _("Somebody else has taken the task since.")),
        (bool(task.closed_at) and task.closed_at != attempt.at, _("The task has ended since.")),
    )
    return next((why for holds, why in reasons if holds), "")


def last_of(by: User, at: dt.datetime) -> Attempt | None:
    """What they noted last, while it can be taken back."""
    mine = Attempt.objects.filter(by=by, at__gte=at - WITHIN, channel__in=CHANNEL)
    newest = mine.select_related("task__customer").order_by("-at", "-pk").first()
    return newest if newest and not why_not(newest.task, newest, by, at) else None


def _restore(task: Task, attempt: Attempt, at: dt.datetime) -> None:
    before = task.attempts_made.filter(number__lt=attempt.number).order_by("-number").first()
    task.tried, task.outcome = task.tried - 1, before.outcome if before else ""
    task.state, task.closed_at, task.assignee_id = State.OPEN, None, attempt.by_id
    task.channel, task.next_at, task.why = attempt.channel, min(task.next_at, at), ""
    task.reason = task.offer = ""
    task.offer_taken = None
    if attempt.outcome == Outcome.CALL_BACK:
        task.due_at = _due_before(task)
    task.save()


def _due_before(task: Task) -> dt.datetime:
    """A call back moves what is due: the event of that attempt says from when."""
    tried = Event.objects.filter(subject_type="task", subject_id=task.pk, kind="caring.tried").order_by("-pk").first()
    due = tried.facts.get("due") if tried else None
    return dt.datetime.fromisoformat(due) if due else task.due_at
