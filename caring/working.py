"""The agent's side of a task: take it, call or go there, say what came of it, take that back within minutes.

What the verbs are made of stands in taking.py and following.py.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from caring.attempts import note_attempt
from caring.following import (
    ASKS_REASON,
    ASKS_SATISFIED,
    BY_PERSON,
    CHANNEL,
    CHECKS_IN,
    FOLLOWS,
    OFFERS,
    SPOKEN,
    Noted,
    Said,
    check,
    check_in_again,
    keys_of,
    speak,
)
from caring.models import Task
from caring.refusals import NotTaken, TaskGone
from caring.taking import give_back, lock, take_next, take_task
from caring.undoing import undo_outcome
from caring.words import Outcome, State
from crm.events.actions import record
from crm.staff.models import User

__all__ = [
    "ASKS_REASON", "ASKS_SATISFIED", "BY_PERSON", "OFFERS", "SPOKEN", "Noted", "Said", "give_back", "keys_of",
    "note_outcome", "take_next", "take_task", "undo_outcome",
]  # fmt: skip


@transaction.atomic
def note_outcome(
    *, task: Task, outcome: str, by: User, said: Said | None = None, at: dt.datetime | None = None
) -> Noted:
    """What came of a call or visit, and what follows from it. Raises NotTaken, TaskGone, WorkRefused."""
    at, said = at or timezone.now(), said or Said()
    task = lock(task.pk)
    if task.state != State.OPEN or task.channel not in CHANNEL:
        raise TaskGone
    if task.assignee_id != by.pk:
        raise NotTaken
    check(task, outcome, said, at)
    noted = Noted(task, note_attempt(task, outcome, at=at, by=by), said, by, at)
    noted.attempt.note = said.note.strip()
    noted.attempt.save(update_fields=["note"])
    if outcome in SPOKEN and outcome != Outcome.NEEDS_CASE:
        speak(noted)
    FOLLOWS[outcome](noted)
    if task.is_running:
        record(
            "caring.tried", subject=task, customer_id=task.customer_id, by=by, at=at, stage=task.stage_id,
            outcome=outcome, channel=noted.attempt.channel,
            due=noted.due_before.isoformat() if noted.due_before else "",
        )  # fmt: skip
    elif task.stage_id == CHECKS_IN and task.state in (State.DONE, State.FAILED):
        check_in_again(task, at)
    return noted
