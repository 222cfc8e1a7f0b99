"""Call: as it stands now. CallEvent: what the exchange told of it, from which the state is reckoned."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.calls.models.reason import CallReason
from crm.calls.queries import CallQuerySet
from crm.calls.words import CallState, Result, Step
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.staff.models import User
from crm.timeline.models import Interaction


class Call(models.Model):
    exchange_id = models.CharField(max_length=100, unique=True, help_text="The exchange's own id of the call.")
    msisdn = models.CharField(max_length=20, blank=True, help_text="E.164; empty: withheld.")
    ivr = models.CharField(_("IVR choice"), max_length=80, blank=True)
    waited = models.PositiveIntegerField(null=True, blank=True, help_text="Seconds in the queue, as the exchange says.")
    state = models.CharField(max_length=10, choices=CallState.choices, default=CallState.RINGING)
    since = models.DateTimeField(help_text="Of the present state.")
    agent = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="calls",
        help_text="Where it rings or who talks; after the end, who talked last.",
    )  # fmt: skip
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    interaction = models.OneToOneField(
        Interaction, null=True, blank=True, on_delete=models.PROTECT, related_name="call"
    )
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    wrapped_at = models.DateTimeField(null=True, blank=True)
    wrapped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(CallReason, null=True, blank=True, on_delete=models.PROTECT)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    note = models.TextField(blank=True)
    next_step = models.CharField(max_length=250, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    raised_at = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            # Reports rely on it: no call has a negative length.
            models.CheckConstraint(
                condition=(Q(answered_at=None) | Q(answered_at__gte=F("began_at")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("began_at"))),
                name="call_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
                name="call_ended_when",
            ),
            # The chase and the page read one field for all of it.
            models.CheckConstraint(
                condition=Q(wrapped_at=None, reason=None)
                | Q(wrapped_at__isnull=False, wrapped_by__isnull=False, reason__isnull=False, ended_at__isnull=False),
                name="wrapped_up_whole",
            ),
        ]
        indexes = [
            # What stands on one agent's screen; the list of one's calls.
            models.Index(fields=["agent", "-began_at", "-id"], name="call_of_agent"),
            # The chase.
            models.Index(
                fields=["ended_at"], condition=Q(wrapped_at=None, answered_at__isnull=False), name="call_unwrapped"
            ),
            # Who has called with this number.
            models.Index(fields=["msisdn", "-began_at"], condition=~Q(msisdn=""), name="call_number"),
            models.Index(fields=["-began_at", "-id"], name="call_newest"),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def is_missed(self) -> bool:
        return self.state == CallState.ENDED and self.answered_at is None

    @property
    def owes_wrap_up(self) -> bool:
        return self.state == CallState.ENDED and self.answered_at is not None and self.wrapped_at is None

    @property
    def length(self) -> dt.timedelta | None:
        """From the first word to the end."""
        return self.ended_at - self.answered_at if self.ended_at and self.answered_at else None


class CallEvent(models.Model):
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Step.choices)
    agent = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="call_events")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            # The exchange may send twice.
            models.UniqueConstraint(
                fields=["call", "kind", "at", "agent"], nulls_distinct=False, name="call_event_once"
            ),
        ]
        indexes = [models.Index(fields=["agent", "call"], name="call_event_agent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.call_id}"
