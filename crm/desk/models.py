from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.staff.models import User


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
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # keep_draft relies on it: two tabs of one person write one draft.
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="one_draft_a_case")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.case_id}"


class Notification(models.Model):
    """One line under somebody's bell. Made from an event, read once."""

    class Kind(models.TextChoices):
        WARNED = "warned", _("Warning")
        BREACHED = "breached", _("Breach")
        ESCALATED = "escalated", _("Escalated")
        ASSIGNED = "assigned", _("Assigned")
        FAILED = "failed", _("Not delivered")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    event_id = models.BigIntegerField()
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    clock = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # The handlers rely on it: an event delivered twice rings once.
            models.UniqueConstraint(fields=["event_id", "user"], name="notified_once")
        ]
        indexes = [
            # The bell's count on every page.
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["user", "-at", "-id"], name="notification_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.case_id}"
