"""Adjectives on cases that chain: `Case.objects.live().running().overdue(at).visible_to(user)`."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from crm.cases.words import RUNNING_STATES, ClockKind, State
from crm.staff import access

if TYPE_CHECKING:
    from crm.staff.models import User

# At risk on screen (domain.md §2) when no policy is in force; the policy's own limits are passed in otherwise.
RESPONSE_RISK = dt.timedelta(minutes=5)
RESOLUTION_RISK = dt.timedelta(hours=4)
SHORTEST_WORD = 3
HOLDS_WORDS = "to_tsvector('simple', cases_case.subject || ' ' || cases_case.preview) @@ to_tsquery('simple', %s)"


class CaseQuerySet(models.QuerySet[Any]):
    def live(self) -> CaseQuerySet:
        """Not replayed history."""
        return self.filter(is_archive=False)

    def running(self) -> CaseQuerySet:
        return self.filter(state__in=RUNNING_STATES)

    def unassigned(self) -> CaseQuerySet:
        return self.running().filter(assignee__isnull=True)

    def mine(self, user: User) -> CaseQuerySet:
        return self.running().filter(assignee=user)

    def waiting(self) -> CaseQuerySet:
        return self.filter(state=State.WAITING)

    def overdue(self, at: dt.datetime | None = None) -> CaseQuerySet:
        """Past a running deadline at `at`, whether or not the sweep has seen it."""
        return self.running().filter(due_at__lt=at or timezone.now())

    breached = overdue

    def at_risk(
        self,
        at: dt.datetime | None = None,
        response: dt.timedelta = RESPONSE_RISK,
        resolution: dt.timedelta = RESOLUTION_RISK,
    ) -> CaseQuerySet:
        """A reply clock in its last 5 minutes, a settlement clock in its last 4 hours (the policy says how many)."""
        at = at or timezone.now()
        soon = Q(due_kind=ClockKind.RESPONSE, due_at__lte=at + response) | Q(
            due_kind=ClockKind.RESOLUTION, due_at__lte=at + resolution
        )
        # The outer bound lets the deadline index serve the query.
        return self.running().filter(soon, due_at__gte=at, due_at__lte=at + max(response, resolution))

    def with_words(self, text: str) -> CaseQuerySet:
        """Live cases whose subject or newest message holds all of these words; the last may be only begun.

        The index case_words serves it."""
        words = [word for word in re.findall(r"\w+", text.lower()) if len(word) >= SHORTEST_WORD]
        if not words:
            return self.none()
        asked = " & ".join(f"{word}:*" for word in words)
        return self.live().filter(RawSQL(HOLDS_WORDS, [asked], output_field=models.BooleanField()))

    def awake(self, at: dt.datetime) -> CaseQuerySet:
        """Not snoozed, or no longer: by the clock, whether or not end_snoozes has been there."""
        return self.exclude(snoozed_until__gt=at)

    def snoozed(self, at: dt.datetime) -> CaseQuerySet:
        return self.running().filter(snoozed_until__gt=at)

    def ended(self) -> CaseQuerySet:
        return self.exclude(state__in=RUNNING_STATES)

    def by_deadline(self) -> CaseQuerySet:
        return self.order_by(F("due_at").asc(nulls_last=True), "id")

    def newest_first(self) -> CaseQuerySet:
        return self.order_by("-opened_at", "-id")

    def with_list_columns(self) -> CaseQuerySet:
        return self.select_related("customer", "assignee", "team", "category", "division")

    def in_rooms_of(self, user: User | None) -> CaseQuerySet:
        """The part of `visible_to` that one index serves in the order of deadlines: own teams', own division's, or all.

        An own case that lies in another team stands in `mine`. With "or assigned to me" beside it, no index could
        serve a list, and a sparse queue would read every running case.
        """
        scope = access.scope(user)
        match scope.kind:
            case "all":
                return self.all()
            case "teams":
                return self.filter(team_id__in=scope.team_ids)
            case "division":
                return self.filter(division_id=scope.division_id)
            case _:
                return self.none()

    def visible_to(self, user: User | None) -> CaseQuerySet:
        """What this user may see: what lies in their rooms, and what is assigned to them (staff/access.py)."""
        if access.scope(user).kind == "teams":
            return self.filter(Q(team_id__in=access.scope(user).team_ids) | Q(assignee=user))
        return self.in_rooms_of(user)
