from django.db import models
from django.db.models import Q

from crm.cases.models.case import Case
from crm.cases.models.clock import SlaClock
from crm.cases.words import Party
from crm.staff.models import Division, Team, User


class Escalation(models.Model):
    """A case handed up: by a person with a reason, or by the ladder (`step` says which mark of which clock)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    party = models.CharField(max_length=10, choices=[c for c in Party.choices if c[0] != Party.TEAM])
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    wanted_by = models.DateTimeField(null=True, blank=True, help_text="When whoever escalated needs the answer.")
    clock = models.ForeignKey(SlaClock, null=True, blank=True, on_delete=models.CASCADE)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="When they were last asked how it stands.")
    reminders = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Handed back, overtaken by a higher step, or settled."
    )
    handed_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hand_back_reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            # The escalations room: what is open, the longest held first.
            models.Index(fields=["at", "id"], condition=Q(ended_at__isnull=True), name="escalation_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_open_escalation"),
            # The sweep relies on it: a step of the ladder is climbed once.
            models.UniqueConstraint(fields=["clock", "percent"], name="ladder_step_once"),
            models.CheckConstraint(
                condition=Q(party="division", division__isnull=False) | ~Q(party="division"), name="division_named"
            ),
            models.CheckConstraint(condition=Q(clock__isnull=False) | ~Q(reason=""), name="escalated_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.party}"


class Holding(models.Model):
    """Who held a case from when to when: the time each party had it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holdings")
    party = models.CharField(max_length=10, choices=Party.choices, default=Party.TEAM)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        # Reports by time.
        indexes = [models.Index(fields=["since"], name="holding_since")]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="one_holder_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.party}"
