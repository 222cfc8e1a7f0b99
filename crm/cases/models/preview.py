from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.models.case import Case
from crm.cases.models.category import Category
from crm.cases.models.clock import SlaClock
from crm.cases.models.policy import SlaPolicy
from crm.cases.words import ClockKind
from crm.staff.models import Team, User
from crm.timeline.models import Channel


class PolicyPreview(models.Model):
    """What would have happened under a draft: real cases of some days, counted again. Touches no stored verdict.

    The row is the queue and the bookmark: it is counted in steps, each in a transaction that moves the cursor.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being counted")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="previews")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField(help_text="The draft as it was counted (foresight.terms).")
    since = models.DateTimeField()
    until = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now, help_text="Clocks that still run are read as of then.")
    time_zone = models.CharField(max_length=40, help_text="Whose days and hours the figures are in.")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0, help_text="Cases.")
    counted = models.PositiveIntegerField(default=0)
    cursor_at = models.DateTimeField(null=True, blank=True)
    cursor_id = models.BigIntegerField(null=True, blank=True)
    tally = models.JSONField(default=dict)
    error = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="preview_has_a_time")]
        # The worker's probe for what is unfinished, after a restart too.
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="preview_unfinished")]

    def __str__(self) -> str:
        return f"preview {self.pk} of {self.policy_id}"


class PreviewChange(models.Model):
    """One clock whose verdict would have been another. `clock` is empty where only the draft has one."""

    preview = models.ForeignKey(PolicyPreview, on_delete=models.CASCADE, related_name="changes")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    clock = models.ForeignKey(SlaClock, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    turn = models.PositiveSmallIntegerField(default=1)
    # Verdict's words, "open" while undecided, "none" where there is no such clock.
    was = models.CharField(max_length=6)
    then = models.CharField(max_length=6)
    due_was = models.DateTimeField(null=True, blank=True)
    due_then = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(was=models.F("then")), name="preview_change_changes"),
            models.UniqueConstraint(fields=["preview", "case", "kind", "turn"], name="preview_counts_a_clock_once"),
        ]
        indexes = [models.Index(fields=["preview", "id"], name="preview_change_list")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}: {self.was} to {self.then}"
