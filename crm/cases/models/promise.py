from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from crm.cases.models.case import Case
from crm.customers.models import Customer
from crm.staff import access
from crm.staff.models import User
from crm.timeline.models import Interaction


class PromiseQuerySet(models.QuerySet["Promise"]):
    def open(self) -> PromiseQuerySet:
        """To be kept still, its deadline passed or not."""
        return self.filter(kept_at__isnull=True, withdrawn_at__isnull=True)

    def due(self, at: dt.datetime) -> PromiseQuerySet:
        """Still to be kept in time."""
        return self.open().filter(broken_at__isnull=True, due_at__gte=at)

    def broken(self, at: dt.datetime) -> PromiseQuerySet:
        """Not kept by its deadline at `at`, whether or not the sweep has seen it; kept later or not."""
        return self.filter(Q(broken_at__isnull=False) | Q(kept_at__isnull=True, due_at__lt=at), withdrawn_at=None)

    def kept(self) -> PromiseQuerySet:
        """In time."""
        return self.filter(kept_at__isnull=False, broken_at__isnull=True)

    def visible_to(self, user: User | None) -> PromiseQuerySet:
        """Those of the cases one may read, and one's own."""
        if not access.is_working(user):
            return self.none()
        return self.filter(Q(case__in=Case.objects.visible_to(user)) | Q(keeper=user))

    def with_list_columns(self) -> PromiseQuerySet:
        return self.select_related("case__customer", "case__team", "keeper", "made_by")


class Promise(models.Model):
    """What we told a customer that we would do, by a time. Kept or broken follows from the timestamps."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="promises")
    text = models.CharField(max_length=250)
    due_at = models.DateTimeField()
    keeper = models.ForeignKey(User, on_delete=models.PROTECT, related_name="promises", help_text="Who keeps it.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.PROTECT, related_name="promises", help_text="Made in it."
    )
    # When the timer looks again: to warn, then at the deadline; empty when it need not.
    wake_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    broken_at = models.DateTimeField(null=True, blank=True, help_text="Its deadline, once it has passed unkept.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=250, blank=True, help_text="Why it was withdrawn, or could not be kept.")

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gt=F("made_at")), name="promise_lies_ahead"),
            models.CheckConstraint(condition=~Q(text=""), name="promise_says_what"),
            # A promise ended in time is neither broken nor looked at again; one kept late stays broken.
            models.CheckConstraint(
                condition=Q(broken_at__isnull=True) | Q(kept_at__isnull=True) | Q(kept_at__gt=F("due_at")),
                name="kept_in_time_is_not_broken",
            ),
            models.CheckConstraint(
                condition=Q(wake_at__isnull=True)
                | Q(kept_at__isnull=True, broken_at__isnull=True, withdrawn_at__isnull=True),
                name="ended_promise_sleeps",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | (Q(withdrawn_by__isnull=False) & ~Q(reason="")),
                name="withdrawn_with_reason",
            ),
        ]
        indexes = [
            # The timer's one probe.
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="promise_wake"),
            # Somebody's open promises, and the supervisor's list of what is due.
            models.Index(
                fields=["keeper", "due_at"],
                condition=Q(kept_at__isnull=True, withdrawn_at__isnull=True),
                name="promise_open",
            ),
            models.Index(fields=["-due_at", "-id"], name="promise_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.due_at:%F %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.kept_at is None and self.withdrawn_at is None

    def tense(self, at: dt.datetime) -> str:
        """For its chip: ok, risk (the reminder has passed), late, kept, gone."""
        if self.withdrawn_at:
            return "gone"
        if self.broken_at or (self.kept_at is None and self.due_at < at):
            return "late"
        if self.kept_at:
            return "kept"
        return "risk" if self.warned_at else "ok"
