"""What each attempt came to, and what follows: done, once more after the pause, the next channel, or given up."""

import datetime as dt

from caring.models import Attempt, Task
from caring.words import Outcome, State
from crm.events.actions import record
from crm.messaging.models import Message
from crm.staff.models import User


def note_attempt(
    task: Task, outcome: str, *, at: dt.datetime, by: User | None = None, message: Message | None = None
) -> Attempt:
    """One more, on the task's present channel. The caller holds the task and saves it."""
    task.tried += 1
    task.outcome = outcome
    return Attempt.objects.create(
        task=task, number=task.tried, channel=task.channel, outcome=outcome, at=at, by=by, message=message
    )


def close(task: Task, state: str, *, at: dt.datetime, by: User | None = None) -> None:
    """The caller saves."""
    task.state, task.closed_at = state, at
    record(
        "caring.closed", subject=task, customer_id=task.customer_id, by=by, at=at, stage=task.stage_id, state=state,
        outcome=task.outcome, why=task.why, line=task.subscription_id,
        points=task.version.points if state == State.DONE else 0,
    )  # fmt: skip


def finish(task: Task, *, at: dt.datetime, by: User | None = None) -> None:
    """They were reached."""
    close(task, State.DONE, at=at, by=by)
    task.save()


def try_again(task: Task, *, at: dt.datetime, by: User | None = None, when: dt.datetime | None = None) -> None:
    """After the stage's pause, or when they asked to be called; given up once all attempts are made."""
    if when is None and task.tried >= task.version.attempts:
        close(task, State.FAILED, at=at, by=by)
    else:
        task.next_at = when or at + dt.timedelta(hours=task.version.pause_hours)
        task.state, task.assignee = State.WAITING if task.next_at > at else State.OPEN, None
    task.save()


def follow_up(task: Task, *, at: dt.datetime) -> None:
    """A message left, and the next channel follows it after the stage's pause."""
    task.channel, task.state = task.next_channel, State.WAITING
    task.next_at = at + dt.timedelta(hours=task.version.pause_hours)
    task.save()


def fall_through(task: Task, *, at: dt.datetime, why: str = "", by: User | None = None) -> None:
    """To the next channel of the order at once; given up where there is none."""
    channel = task.next_channel
    task.why = why
    if channel:
        task.channel, task.state, task.next_at, task.closed_at = channel, State.OPEN, at, None
    else:
        close(task, State.FAILED, at=at, by=by)
    task.save()


def undelivered(task: Task, attempt: Attempt, *, at: dt.datetime) -> None:
    """The network gave the message back: it never was a contact."""
    attempt.outcome = task.outcome = Outcome.UNDELIVERED
    attempt.save(update_fields=["outcome"])
    fall_through(task, at=at)
