from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.staff.models import User
from social.models.account import Account


class PostImportQuerySet(models.QuerySet["PostImport"]):
    def moving(self) -> "PostImportQuerySet":
        """Begun or waiting to begin, and not at its end."""
        return self.filter(state__in=[PostImport.State.QUEUED, PostImport.State.RUNNING])


class PostImport(models.Model):
    """One file of posts on its way in. `rows_read` moves in the transaction that stores the rows, so a killed
    worker leaves a true position behind and the next one goes on from there."""

    class State(models.TextChoices):
        PREVIEW = "preview", _("Not begun")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/", blank=True)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    replay = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    error = models.TextField(blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True, help_text="Last progress; a stale one is taken up again.")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PostImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # resume_imports looks for what a killed worker left.
            models.Index(
                fields=["moved_at"], condition=models.Q(state__in=["queued", "running"]), name="import_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def is_moving(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class RefusedRow(models.Model):
    """A row that could not be taken, kept as it was with the reason, so that it can be mended and sent again."""

    post_import = models.ForeignKey(PostImport, on_delete=models.CASCADE, related_name="refused")
    row = models.PositiveIntegerField(help_text="1 is the first row under the heading.")
    column = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=20)
    raw = models.JSONField(default=list)

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["post_import", "row"], name="refused_once")]

    def __str__(self) -> str:
        return f"{self.post_import_id}: {self.row}"
