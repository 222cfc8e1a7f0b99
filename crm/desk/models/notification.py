from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.staff.models import User


class Notification(models.Model):
    """One line under somebody's bell. Made from an event, read once."""

    class Kind(models.TextChoices):
        WARNED = "warned", _("Warning")
        BREACHED = "breached", _("Breach")
        ESCALATED = "escalated", _("Escalated")
        ASSIGNED = "assigned", _("Assigned")
        FAILED = "failed", _("Not delivered")
        MENTIONED = "mentioned", _("Mentioned you")
        FOLLOWED = "followed", _("A case you follow")
        PROMISE = "promise", _("Promise")
        PROBLEM = "problem", _("Problem")
        REVIEW = "review", _("Review")
        TAKEN_BACK = "taken_back", _("Taken from you")
        JOB = "job", _("Bulk action")
        WOKEN = "woken", _("Back from snooze")
        CALL = "call", _("Call without wrap-up")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE)
    url = models.CharField(max_length=200, blank=True, help_text="Where it leads when it is about no one case.")
    words = models.CharField(max_length=160, blank=True, help_text="A few words of the note, promise or problem.")
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
        return f"{self.user_id}: {self.kind} {self.case_id or self.url}"


class Follow(models.Model):
    """Somebody who wants to hear of a case that is not theirs."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="followers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="followed_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.case_id}"


class Ringing(models.Model):
    """What rings for somebody, and whether it is quiet just now. No row: everything rings, in the page only."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="ringing")
    quiet_when_away = models.BooleanField(default=True, help_text="Nothing rings in wrap-up and away.")
    quiet_until = models.DateTimeField(null=True, blank=True)
    by_browser = models.BooleanField(default=False, help_text="The browser shows it too; it was asked and allowed.")
    muted = models.JSONField(default=list, blank=True, help_text="Kinds of notification that do not ring.")

    def __str__(self) -> str:
        return f"{self.user_id}"
