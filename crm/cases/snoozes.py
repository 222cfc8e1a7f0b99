"""What time does to snoozed cases. A queue shows them again by the clock alone; here the row is told, and its owner."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import lock_case
from crm.cases.actions.snoozing import wake_locked
from crm.cases.models import Case

BATCH = 500


def wake_due(at: dt.datetime | None = None) -> int:
    """One pass; returns how many came back."""
    at = at or timezone.now()
    due = Case.objects.filter(snoozed_until__lte=at).order_by("snoozed_until")[:BATCH]
    return sum(_wake(case, at) for case in list(due))


@transaction.atomic
def _wake(case: Case, at: dt.datetime) -> bool:
    """Not where a second worker woke it before us, or somebody snoozed it anew."""
    case = lock_case(case)
    return case.snoozed_until is not None and case.snoozed_until <= at and wake_locked(case, at=at, why="time")
