from django.db import models
from django.db.models import Q

from crm.cases.models.case import Case
from crm.cases.models.clock import SlaClock
from crm.cases.words import ClockKind, Party
from crm.staff.models import Team, User


class Breach(models.Model):
    """A clock that ran past its deadline. It waits for a supervisor's review (SOP 7)."""

    clock = models.OneToOneField(SlaClock, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="breaches")
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    due_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    party = models.CharField(
        max_length=10, choices=Party.choices, default=Party.TEAM, help_text="Who held the case then."
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    holder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_archive = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="An answer given in time was recorded late.")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cause = models.TextField(blank=True)
    prevention = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "breaches"
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(cause=""),
                name="review_is_signed_and_says_why",
            )
        ]
        indexes = [
            models.Index(
                fields=["-due_at", "-id"],
                condition=Q(reviewed_at__isnull=True, withdrawn_at__isnull=True, is_archive=False),
                name="breach_to_review",
            ),
            models.Index(fields=["-due_at", "-id"], name="breach_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
