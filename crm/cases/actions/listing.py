"""The list of causes, and how long a review may take. What a review once named is switched off, never deleted."""

from typing import Any

import pghistory
from django.db import transaction

from crm.cases.models import Cause, ReviewRule
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def add_cause(*, cause: Cause, by: User) -> Cause:
    """A new cause, at the end of the list."""
    cause.put_last()
    with pghistory.context(by=by.pk):
        cause.save(force_insert=True)
    record("cause.added", subject=cause, by=by)
    return cause


@transaction.atomic
def change_cause(*, cause: Cause, by: User, **fields: Any) -> Cause:
    """Rename it, or switch it off and on."""
    for name, value in fields.items():
        setattr(cause, name, value)
    with pghistory.context(by=by.pk):
        cause.save(update_fields=list(fields))
    record("cause.changed", subject=cause, by=by, fields=sorted(fields))
    return cause


@transaction.atomic
def move_cause(*, cause: Cause, up: bool, by: User) -> None:
    """One place up or down; at the end of the list nothing moves."""
    causes = list(Cause.objects.select_for_update().order_by("position", "id"))
    place = causes.index(cause)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(causes):
        return
    causes[place], causes[other] = causes[other], causes[place]
    with pghistory.context(by=by.pk):
        for position, one in enumerate(causes, start=1):
            Cause.objects.filter(pk=one.pk).exclude(position=position).update(position=position)
    record("cause.moved", subject=cause, by=by, up=up)


@transaction.atomic
def set_review_days(*, days: int, by: User) -> ReviewRule:
    """How many days a review of a breach from now on may take."""
    with pghistory.context(by=by.pk):
        rule, _new = ReviewRule.objects.update_or_create(pk=1, defaults={"days": days})
    record("review.days_set", subject=rule, by=by, days=days)
    return rule
