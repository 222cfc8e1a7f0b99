"""Adjectives on breaches that chain: `Breach.objects.counted().visible_to(user).in_review_state("sign")`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from crm.cases.models.case import Case
from crm.cases.words import ReviewState

if TYPE_CHECKING:
    from crm.staff.models import User

UNREVIEWED = Q(reviewed_at__isnull=True)
# A review of the time before causes had codes needed one signature, and has it.
SIGNED = Q(signed_at__isnull=False) | Q(reviewed_at__isnull=False, cause_code__isnull=True)
IN_STATE: dict[str, Q] = {
    ReviewState.TO_REVIEW: UNREVIEWED & Q(begun_at__isnull=True),
    ReviewState.IN_REVIEW: UNREVIEWED & Q(begun_at__isnull=False),
    ReviewState.TO_SIGN: Q(reviewed_at__isnull=False, signed_at__isnull=True, cause_code__isnull=False),
    ReviewState.SIGNED: SIGNED,
}


class BreachQuerySet(models.QuerySet[Any]):
    def counted(self) -> BreachQuerySet:
        """Neither withdrawn nor replayed history."""
        return self.filter(withdrawn_at__isnull=True, is_archive=False)

    def visible_to(self, user: User | None) -> BreachQuerySet:
        """Of the cases this user may read."""
        return self.filter(case__in=Case.objects.visible_to(user).live())

    def in_review_state(self, state: str) -> BreachQuerySet:
        """Those of one ReviewState; every other word leaves all."""
        return self.filter(IN_STATE.get(state, Q()))

    def unreviewed(self) -> BreachQuerySet:
        return self.filter(UNREVIEWED)

    def review_overdue(self, at: dt.datetime) -> BreachQuerySet:
        return self.unreviewed().filter(review_due_at__lt=at)

    def with_action(self) -> BreachQuerySet:
        """Whose corrective action has an owner; a review sent back keeps its action with its draft alone."""
        return self.filter(action_owner__isnull=False, reviewed_at__isnull=False)

    def action_open(self) -> BreachQuerySet:
        return self.with_action().filter(action_done_at__isnull=True)

    def action_overdue(self, today: dt.date) -> BreachQuerySet:
        return self.action_open().filter(action_due_on__lt=today)

    def newest_first(self) -> BreachQuerySet:
        return self.order_by("-due_at", "-pk")
