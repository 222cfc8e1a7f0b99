"""Interaction: every contact, in or out, on every channel."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models import Customer
from crm.staff.models import User


class Channel(models.TextChoices):
    """Codes are data (teams, policies, reports); a new network adds its own by registering with messaging."""

    X = "x", "X"
    INSTAGRAM = "instagram", "Instagram"
    FACEBOOK = "facebook", "Facebook"
    WHATSAPP = "whatsapp", "WhatsApp"
    CALL = "call", _("Call")
    IVR = "ivr", _("IVR recording")
    COUNTER = "counter", "GraPARI"
    SMS = "sms", "SMS"
    EMAIL = "email", _("E-mail")
    WEB = "web", _("Web form")
    LETTER = "letter", _("Letter")
    PRESS = "press", _("Reader's letter")


class Direction(models.TextChoices):
    IN = "in", _("From the customer")
    OUT = "out", _("To the customer")


class Interaction(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="interactions")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    account = models.CharField(max_length=80, blank=True, help_text="Our account on the network, e.g. the handle.")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    is_public = models.BooleanField(default=False)
    by_person = models.BooleanField(default=True, help_text="Only a person's answer stops a response clock.")
    voided_at = models.DateTimeField(null=True, blank=True, help_text="Undone or refused for good: as if never given.")
    staff = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    signature = models.CharField(max_length=40, blank=True, help_text="The agent's sign in an imported answer.")
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True, help_text="As it was laid out, made safe; shown in a sandbox alone.")
    at = models.DateTimeField(help_text="When it took place.")
    recorded_at = models.DateTimeField(db_default=Now())
    external_id = models.CharField(max_length=255, blank=True)
    conversation = models.CharField(max_length=120, blank=True, help_text="The network's own id of the thread.")
    reply_to = models.CharField(max_length=255, blank=True)
    answer_to = models.CharField(
        max_length=254, blank=True, help_text="Address that the customer wrote from; empty: a contact of theirs."
    )

    class Meta:
        constraints = [
            # Intake relies on it: a doubled delivery of one message adds nothing.
            models.UniqueConstraint(
                fields=["channel", "account", "external_id"], condition=~Q(external_id=""), name="interaction_once"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-at"], name="interaction_customer_feed"),
            # Reports by time.
            models.Index(fields=["at"], name="interaction_at"),
            # A reply names the message that it answers, not the account to which that went.
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="interaction_external"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.direction} {self.pk}"

    @property
    def is_inbound(self) -> bool:
        return self.direction == Direction.IN

    @property
    def answers(self) -> bool:
        """Does it count as an answer by a person? (SOP 2: an automatic acknowledgement doesn't.)"""
        return self.direction == Direction.OUT and self.by_person and self.voided_at is None


class NotACase(models.Model):
    """A contact put aside as no case (spam, noise), with the reason."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("Spam or advertising")
        NOISE = "noise", _("Not about us")
        DOUBLE = "double", _("Already handled")
        WRONG = "wrong", _("Wrong number or address")

    interaction = models.OneToOneField(Interaction, primary_key=True, on_delete=models.CASCADE)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    remark = models.CharField(max_length=250, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.reason}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def servable(self) -> "AttachmentQuerySet":
        """What people may open: neither refused nor infected, nor still to be scanned."""
        return self.filter(state__in=Attachment.SERVABLE)


class Attachment(models.Model):
    """A file that came with a contact, or goes out with one; without a contact while its answer is being written."""

    class State(models.TextChoices):
        PLAIN = "plain", _("Kept, no scanner is configured")
        PENDING = "pending", _("Waiting to be scanned")
        CLEAN = "clean", _("Scanned, nothing found")
        INFECTED = "infected", _("Holds malware")
        REFUSED = "refused", _("Not taken")

    class Refusal(models.TextChoices):
        EMPTY = "empty", _("The file is empty")
        TOO_LARGE = "too_large", _("The file is too large")
        TYPE = "type", _("Files of this type are not taken")
        GONE = "gone", _("The network did not hand it over")

    SERVABLE = (State.PLAIN, State.CLEAN)

    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, help_text="Who of us attached it.")
    file = models.FileField(upload_to="attachments/%Y/%m", blank=True, help_text="Never served by path.")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100, blank=True, help_text="By its bytes, not by what the sender said.")
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLAIN)
    refusal = models.CharField(max_length=10, choices=Refusal.choices, blank=True)
    finding = models.CharField(max_length=120, blank=True, help_text="What the scanner called it.")
    external_id = models.CharField(max_length=255, blank=True, help_text="The network's id of the medium.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            # Pages say why there is nothing to open.
            models.CheckConstraint(condition=Q(state="refused") ^ Q(refusal=""), name="attachment_refusal_says_why"),
        ]
        indexes = [
            # The scan's next files.
            models.Index(fields=["id"], condition=Q(state="pending"), name="attachment_to_scan"),
            # Uploads whose answer was never sent.
            models.Index(fields=["created_at"], condition=Q(interaction__isnull=True), name="attachment_loose"),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def is_servable(self) -> bool:
        return self.state in self.SERVABLE

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
