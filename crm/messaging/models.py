"""Message: the outbox. A row written in the caller's transaction is the promise to send."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models import Customer
from crm.staff.models import User
from crm.timeline.models import Channel, Interaction


class Message(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Refused for good")
        UNCERTAIN = "uncertain", _("Perhaps sent")
        CANCELLED = "cancelled", _("Withdrawn before sending")

    interaction = models.OneToOneField(Interaction, null=True, blank=True, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    account = models.CharField(max_length=80, blank=True)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    reply_to = models.CharField(max_length=250, blank=True)
    is_public = models.BooleanField(default=False)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    key = models.CharField(max_length=120, unique=True, help_text="Our message id: the same key never sends twice.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    send_at = models.DateTimeField(default=timezone.now, help_text="Not before: the undo seconds, or the next try.")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True, help_text="Before this moment nothing had left for sure.")
    sent_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=250, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # The claim: due rows, oldest first.
            models.Index(fields=["send_at"], condition=Q(state="queued"), name="message_due"),
            # Claims whose worker died between sending and recording.
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="message_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.state}"
