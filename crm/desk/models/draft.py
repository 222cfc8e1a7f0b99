from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.staff.models import User
from crm.timeline.models import Attachment


class Way(models.TextChoices):
    """The three things a person can write in a case. They never look alike."""

    PUBLIC = "public", _("Public reply")
    PRIVATE = "private", _("Private message")
    NOTE = "note", _("Internal note")


class Draft(models.Model):
    """What somebody was writing: kept as they type, gone when it is sent."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.PRIVATE)
    channel = models.CharField(max_length=40, blank=True, help_text="The chosen road: channel and contact point.")
    text = models.TextField(blank=True)
    # A promise found in the text and confirmed: made when the answer is sent.
    promise = models.CharField(max_length=250, blank=True)
    promise_due_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # keep_draft relies on it: two tabs of one person write one draft.
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="one_draft_a_case")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.case_id}"


class DraftFile(models.Model):
    """A file that somebody has uploaded for an answer in a case. It is in the composer as long as it belongs to no
    contact: sent, it is gone from there; taken back, it is there again."""

    attachment = models.OneToOneField(Attachment, primary_key=True, on_delete=models.CASCADE, related_name="draft")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.case_id} {self.attachment_id}"
