"""One evaluation of the programme, cut into ranges: it can be killed, shared and begun twice."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.models.stage import Stage, StageVersion
from crm.lib.referring import stays


class RunQuerySet(models.QuerySet["Run"]):
    def unfinished(self) -> "RunQuerySet":
        return self.filter(finished_at__isnull=True)


class Run(models.Model):
    slot = models.CharField(
        max_length=20, unique=True, help_text="2026-11-26, 2026-11-26T14 of an hour, 2026-11-26T14:03 of who asked."
    )
    day = models.DateField(help_text="As of which the rules are read.")
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    made = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        triggers = [stays()]

    def __str__(self) -> str:
        return self.slot

    @property
    def kind(self) -> str:
        """Why it was begun, in words."""
        if self.slot.startswith("load:"):
            return _("After a load")
        when = self.slot.partition("T")[2]
        return _("Asked for") if ":" in when else _("Hourly") if when else _("Nightly")


class RunRange(models.Model):
    """Ids from `low` to before `high` of what the way's source reads. Locked by whoever works on it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="ranges")
    version = models.ForeignKey(StageVersion, on_delete=models.PROTECT, related_name="+", help_text="As the run began.")
    way = models.PositiveSmallIntegerField(help_text="Which of the rule's ways.")
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    made = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            # Two that begin the same run cut it once.
            models.UniqueConstraint(fields=["run", "version", "way", "low"], name="one_range_of_a_run"),
        ]
        indexes = [models.Index(fields=["run", "id"], condition=Q(done_at__isnull=True), name="range_to_do")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.version_id} {self.low}"


class SetAside(models.Model):
    """A row that could not be judged. One of a stage and row: the newest run says whether it still is so."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="set_asides")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    row_id = models.BigIntegerField(help_text="Of what the stage's source reads: a line, a case.")
    reason = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "row_id"], name="set_aside_once")]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.row_id}"
