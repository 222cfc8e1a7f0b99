from django.db import models
from django.db.models import F, Q

from crm.cases.models.case import Case
from crm.cases.models.policy import SlaPolicy
from crm.cases.words import ClockKind, Verdict, Waiting, WakeFor
from crm.timeline.models import Interaction


class SlaClock(models.Model):
    """A running deadline of a case.

    `due_at` is the promise: only a pause, a reopening, a merge or a policy applied by hand moves it. `wake_at` is
    when the sweep must look again (warning, breach, escalation), empty when it need not.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    turn = models.PositiveSmallIntegerField(default=1, help_text="1 = the first reply, the one reported apart.")
    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT)
    target_seconds = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True, blank=True)
    wake_for = models.CharField(max_length=4, choices=WakeFor.choices, default=WakeFor.MARK)
    marks_passed = models.PositiveSmallIntegerField(default=0, help_text="How many marks of the schedule were handled.")
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=6, choices=Verdict.choices, blank=True)
    is_archive = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often handling a mark failed in a row.")

    class Meta:
        constraints = [
            # start_response_clock relies on it: one running clock of a kind, whoever comes first.
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(stopped_at__isnull=True), name="one_running_clock"
            ),
            models.UniqueConstraint(fields=["case", "kind", "turn"], name="clock_turn_once"),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="due_after_start"),
            # A clock stopped has a verdict, and never wakes again.
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | (~Q(verdict="") & Q(wake_at__isnull=True)),
                name="stopped_is_decided",
            ),
        ]
        indexes = [
            # The sweep's one index probe.
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False, is_archive=False), name="clock_wake"),
            # The replay's own sweep.
            models.Index(
                fields=["wake_at"], condition=Q(wake_at__isnull=False, is_archive=True), name="clock_wake_archive"
            ),
            # The SLA report by time.
            models.Index(fields=["kind", "started_at"], name="clock_report"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.turn}"

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None


class ClockPause(models.Model):
    """Evidence of a pause: from when to when, waiting for whom, shown by which contact."""

    clock = models.ForeignKey(SlaClock, on_delete=models.CASCADE, related_name="pauses")
    waiting_for = models.CharField(max_length=12, choices=Waiting.choices)
    paused_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True, blank=True)
    evidence = models.ForeignKey(Interaction, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(resumed_at__isnull=True), name="one_open_pause"),
            models.CheckConstraint(
                condition=Q(resumed_at__isnull=True) | Q(resumed_at__gte=F("paused_at")), name="pause_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.waiting_for}"


class Sweeper(models.Model):
    """A timer loop's sign of life. Screens say so when the newest is old."""

    name = models.CharField(max_length=120, primary_key=True)
    swept_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
