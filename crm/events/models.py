"""Event: what happened, append-only. Audit trail, live screens, webhooks and the rooms above read this one table."""

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Func
from django.db.models.functions import Now
from django.utils import timezone

# What shows somebody's data to an account: the index `event_looks` holds these, and the report asks for them.
LOOKS = ("customer.looked", "customer.revealed", "case.looked", "privacy.file_taken", "export.asked")


class CurrentTransaction(Func):
    """The writing transaction's number: lets a reader tell which earlier events may still be uncommitted."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One fact. Carries ids and facts, never personal text, so that erasure need not touch it.

    Lies below staff: actor and subject are plain columns.
    """

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(db_default=Now())
    facts = models.JSONField(default=dict)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        triggers = [
            # The audit trail is worth what nobody can change: not the admin, not a stray script.
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
        indexes = [
            # Subscribers read in the order in which transactions can be known to be over.
            models.Index(fields=["transaction", "id"], name="event_reading_order"),
            # The history of one case, customer or user.
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            # The audit (crm/staff/audit.py): what is about no customer, without the coming and going of people.
            models.Index(
                fields=["-at", "-id"],
                condition=Q(customer_id__isnull=True) & ~Q(kind="staff.presence"),
                name="event_audit",
            ),
            # Whose data an account saw (crm/privacy/looks.py).
            models.Index(fields=["actor_id", "-at", "-id"], condition=Q(kind__in=LOOKS), name="event_looks"),
            # What happened in a month (caring/simulating.py): rows lie in the order of their times, so a few kB do.
            BrinIndex(fields=["at"], autosummarize=True, name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class Subscriber(models.Model):
    """How far one reader has come. Locked while it reads, so that two workers never read for one subscriber at once."""

    name = models.CharField(max_length=60, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ParkedEvent(models.Model):
    """An event whose handler failed: set aside, shown, retried by hand, never in the way of the rest."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE)
    event = models.ForeignKey(Event, on_delete=models.CASCADE)
    error = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=1)
    parked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "event"], name="parked_once")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.event_id}"
