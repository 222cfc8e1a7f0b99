"""What somebody asked of their data, and the file that answers the question what we hold."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.customers.models import Customer
from crm.privacy.words import LAW, STANDING, Kind, State
from crm.staff.models import User
from crm.timeline.models import Channel

ENDED = (State.DONE, State.REFUSED)


class Requests(models.QuerySet["DataRequest"]):
    def standing(self) -> "Requests":
        return self.filter(state__in=STANDING)


class DataRequest(models.Model):
    """Asked at `asked_at`, due 72 running hours later. `words` and `reason` are personal: erased with the person."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    channel = models.CharField(max_length=20, choices=Channel)
    words = models.TextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, related_name="data_request")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    objects = Requests.as_manager()

    class Meta:
        constraints = [
            # The law's clock is never paused: nobody can move its end.
            models.CheckConstraint(condition=Q(due_at=F("asked_at") + LAW), name="request_due_by_law"),
            models.CheckConstraint(
                condition=Q(state__in=STANDING, decided_at=None, decided_by=None)
                | Q(state__in=ENDED, decided_at__isnull=False, decided_by__isnull=False),
                name="request_decided_by_somebody",
            ),
            # Nobody erases a person alone.
            models.CheckConstraint(
                condition=~Q(kind=Kind.ERASURE, state=State.DONE)
                | (Q(proposed_by__isnull=False) & ~Q(proposed_by=F("decided_by"))),
                name="erasure_by_two",
            ),
        ]
        indexes = [
            # The list: what is due first.
            models.Index(fields=["due_at", "id"], condition=Q(state__in=STANDING), name="request_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING


class AccessFile(models.Model):
    """What we hold on the person, packed and sealed; read no longer than `until`, then taken away."""

    class State(models.TextChoices):
        ASKED = "asked", _("being made")
        MADE = "made", _("ready")
        GONE = "gone", _("taken away")

    request = models.OneToOneField(DataRequest, models.CASCADE, related_name="file")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    sealed = models.TextField(blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes of the ZIP.")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # What is gone holds nothing; what is ready has an end.
            models.CheckConstraint(
                condition=Q(state="made", until__isnull=False) & ~Q(sealed="") | ~Q(state="made") & Q(sealed=""),
                name="access_file_sealed_while_ready",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"


class DoomedFile(models.Model):
    """A file of somebody erased, until it is gone from the disk. Written with the erasure: no kill spares it."""

    name = models.CharField(max_length=255, unique=True, help_text="Below MEDIA_ROOT.")

    def __str__(self) -> str:
        return str(self.pk)


class RetentionPeriod(models.Model):
    """How long one kind of data is kept: a version, never changed. `days` null: for ever."""

    kind = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    days = models.PositiveIntegerField(null=True)
    why = models.CharField(max_length=250)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # Two who set it at once: the second is told.
            models.UniqueConstraint(fields=["kind", "version"], name="retention_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class RetentionRun(models.Model):
    """What one night took away of one kind; `upto` is the last row that was done."""

    kind = models.CharField(max_length=30)
    day = models.DateField()
    days = models.PositiveIntegerField(help_text="The period when it began.")
    before = models.DateTimeField()
    upto = models.BigIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "kind"]
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="retention_once_a_night")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"
