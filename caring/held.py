"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.utils import timezone

from caring.models import Attempt, Followed, Score, Suppression, Task
from caring.words import State
from crm.customers import holdings
from crm.customers.holdings import Person, Told, rows


def register() -> None:
    holdings.register("caring", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    tasks = Task.objects.filter(customer__in=person.ids)
    return {
        "caring_tasks": rows(
            tasks, "id", "stage_id", "state", "why", "is_held_out", "occurred_at", "due_at", "outcome", "closed_at"
        ),
        "caring_attempts": rows(
            Attempt.objects.filter(task__in=tasks), "task_id", "channel", "outcome", "note", "at", "by__name"
        ),
        "caring_followed": rows(
            Followed.objects.filter(task__in=tasks), "task_id", "months", "left", "paid", "change", "complained"
        ),
        "caring_scores": rows(Score.objects.filter(task__in=tasks), "task_id", "case_id", "comment", "at"),
        "caring_left_out": rows(Suppression.objects.filter(task__in=tasks), "task_id", "why", "at", "until"),
    }


def erase(person: Person) -> list[str]:
    """Which stage was tried when, and how it ended, is statistics; figures of their lines go, and nobody is called."""
    tasks = Task.objects.filter(customer__in=person.ids)
    tasks.running().update(state=State.ENDED, closed_at=timezone.now())
    Score.objects.filter(task__in=tasks).exclude(comment="").update(comment="")
    Attempt.objects.filter(task__in=tasks).exclude(note="").update(note="")
    tasks.update(facts={}, assignee=None)
    return []
