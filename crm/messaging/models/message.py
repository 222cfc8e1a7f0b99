"""Message: the outbox. A row written in the caller's transaction is the promise to send."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.masking import mask_recipient
from crm.customers.models import Customer, Purpose
from crm.messaging.words import in_words
from crm.staff.models import User
from crm.timeline.models import Channel, Interaction


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        """To be sent now, by the database's clock; the order in which they were promised. Not what leaves in bulk."""
        return self.filter(state=Message.State.QUEUED, bulk=False, send_at__lte=Now()).order_by("send_at", "id")

    def due_in_bulk(self, channel: str) -> "MessageQuerySet":
        """Of the lane beside it, whose messages never stand before an answer."""
        due = self.filter(state=Message.State.QUEUED, bulk=True, channel=channel, send_at__lte=Now())
        return due.order_by("send_at", "id")

    def stale(self, after: dt.timedelta) -> "MessageQuerySet":
        """Claimed so long ago that the worker must have died: before it began this one, or in the middle of it."""
        begun = Q(begun_at__lt=Now() - after)
        never_begun = Q(begun_at__isnull=True, claimed_at__lt=Now() - after)
        return self.filter(begun | never_begun, state=Message.State.SENDING)

    def stuck(self) -> "MessageQuerySet":
        """Refused or uncertain: somebody must decide."""
        return self.filter(state__in=Message.STUCK)

    def tried(self) -> "MessageQuerySet":
        """Those that the other side may have by now, though it has not been recorded."""
        return self.filter(state__in=Message.MAY_BE_OUT, attempts__gt=0)

    def held_back(self) -> "MessageQuerySet":
        """Never sent: the customer or the contact policy does not allow it."""
        return self.filter(state=Message.State.SUPPRESSED)

    def unsent(self) -> "MessageQuerySet":
        """On their way: waiting for their time, for another try, or with a sender just now."""
        return self.filter(state__in=Message.UNSENT)


class Message(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Refused for good")
        UNCERTAIN = "uncertain", _("Perhaps sent")
        CANCELLED = "cancelled", _("Withdrawn before sending")
        SUPPRESSED = "suppressed", _("Held back")

    class Delivery(models.TextChoices):
        """What the network reported after it took the message. No report for long is a normal state."""

        BUFFERED = "buffered", _("Waiting for the phone")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Not delivered")

    STUCK = (State.FAILED, State.UNCERTAIN)
    UNSENT = (State.QUEUED, State.SENDING)
    # Its network may have it though we don't know: on its way, in doubt, or put off after a failure that was none.
    MAY_BE_OUT = (State.QUEUED, State.SENDING, State.UNCERTAIN)

    interaction = models.OneToOneField(Interaction, null=True, blank=True, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    account = models.CharField(max_length=80, blank=True)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    reply_to = models.CharField(max_length=255, blank=True)
    references = models.TextField(blank=True, help_text="Ids of the mails before it, oldest first.")
    is_public = models.BooleanField(default=False)
    purpose = models.CharField(
        max_length=12, choices=Purpose.choices, blank=True,
        help_text="What consent it needs; empty: service, or an answer in a running case, which goes at once.",
    )  # fmt: skip
    bulk = models.BooleanField(
        default=False, db_default=False, help_text="One of many that nobody waits for: a lane and a budget of its own."
    )
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    key = models.CharField(max_length=120, unique=True, help_text="Our message id: the same key never sends twice.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    send_at = models.DateTimeField(default=timezone.now, help_text="Not before: the undo seconds, or the next try.")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True, help_text="Before this moment nothing had left for sure.")
    sent_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=255, blank=True, help_text="What the other side calls it.")
    delivery = models.CharField(
        max_length=10, choices=Delivery.choices, blank=True, help_text="By the network's reports; empty: none yet."
    )
    delivery_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            # The outbox page and the metrics count on it: sent says when, and only sent does.
            models.CheckConstraint(condition=Q(state="sent") ^ Q(sent_at__isnull=True), name="message_sent_says_when"),
            # release_stale tells a claim by its time.
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="message_claim_says_when"
            ),
        ]
        indexes = [
            # The claim: due rows, oldest first; and in bulk, of one channel.
            models.Index(fields=["send_at", "id"], condition=Q(state="queued", bulk=False), name="message_to_send"),
            models.Index(
                fields=["channel", "send_at", "id"], condition=Q(state="queued", bulk=True), name="message_in_bulk"
            ),
            # Claims whose worker died between sending and recording.
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="message_claimed"),
            # Reports, echoes and replies name what we sent by the other side's id.
            models.Index(fields=["channel", "external_id"], condition=~Q(external_id=""), name="message_external"),
            # The page of what somebody must decide.
            models.Index(fields=["-id"], condition=Q(state__in=["failed", "uncertain"]), name="message_stuck"),
            # The page of what was held back.
            models.Index(fields=["-id"], condition=Q(state="suppressed"), name="message_held_back"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.state}"

    @property
    def recipient_masked(self) -> str:
        return mask_recipient(self.recipient)

    @property
    def error_in_words(self) -> str:
        return in_words(self.error)
