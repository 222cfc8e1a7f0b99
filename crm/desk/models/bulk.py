import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.staff.models import User

JUST_ENDED = dt.timedelta(minutes=1)


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    def recent(self, user: User, at: dt.datetime) -> "BulkJobQuerySet":
        """Somebody's jobs that move, or ended a moment ago."""
        return self.filter(Q(state__in=["running", "undoing"]) | Q(ended_at__gt=at - JUST_ENDED), by=user)


class BulkJob(models.Model):
    """One act on many cases, done in the background: what was asked, and how far it is.

    The rows are the queue: written when the job is made, each done once by whoever locks it.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bulk_jobs")
    act = models.CharField(max_length=20)
    params = models.JSONField(default=dict, help_text="Ids and codes of what was chosen.")
    query = models.JSONField(default=dict, help_text="The search whose cases these were.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=40, unique=True, help_text="A doubled press makes one job.")
    created_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(default=timezone.now, help_text="The act, then its undo: how fast it goes.")
    moved_at = models.DateTimeField(default=timezone.now, help_text="resume_bulk_jobs looks for what stands still.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            # The worker's probe for what is unfinished, after a restart too.
            models.Index(fields=["id"], condition=Q(state__in=["running", "undoing"]), name="bulk_unfinished")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("desk:job", args=[self.pk])

    @property
    def is_moving(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.UNDOING)


class BulkRow(models.Model):
    """What became of one case of a job, and what it takes to undo it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Left as it is")

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    said = models.CharField(max_length=200, blank=True, help_text="Why it was skipped, or left as it is.")
    before = models.JSONField(default=dict, help_text="Ids and codes that an undo puts back.")
    version = models.PositiveIntegerField(null=True, blank=True, help_text="The case's version after the act.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "case"], name="bulk_once_a_case")]
        indexes = [models.Index(fields=["job", "state", "id"], name="bulk_rows_to_do")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.case_id} {self.state}"
