from django.db import models
from django.db.models import F, Q

from crm.staff.models.user import User
from crm.staff.words import Presence


class PresenceSpan(models.Model):
    """How long somebody was available, busy, in wrap-up or away: one row a change, the newest without an end."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presence_spans")
    presence = models.CharField(max_length=10, choices=Presence.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            # set_presence relies on it: two tabs of one person change one state.
            models.UniqueConstraint(fields=["user"], condition=Q(until__isnull=True), name="one_presence_at_a_time"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="presence_ends_after_it_starts"
            ),
        ]
        # The team's day.
        indexes = [models.Index(fields=["user", "since"], name="presence_of_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.presence}"


class Attendance(models.Model):
    """The last signs of somebody: apart from User, because they change every minute and are nobody's history."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="attendance")
    acted_at = models.DateTimeField(null=True, help_text="Pressed or typed something.")
    present_at = models.DateTimeField(null=True, help_text="Had a page open that listens for news.")
    given_at = models.DateTimeField(null=True, help_text="Was last given a case, or took one: idle since.")

    def __str__(self) -> str:
        return f"{self.user_id}"
