"""One run of a file into the tables, how far it came, and what it could not take."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models import Customer
from crm.lib.referring import refers
from crm.staff.models import User


class LoadQuerySet(models.QuerySet["Load"]):
    def moving(self) -> "LoadQuerySet":
        """Wanted, and not at its end."""
        return self.filter(state__in=Load.MOVING)


class Load(models.Model):
    class Kind(models.TextChoices):
        CUSTOMERS = "customers", _("Customers and lines")
        BILLS = "bills", _("Bills")
        PAYMENTS = "payments", _("Payments")
        TOP_UPS = "top_ups", _("Top-ups")
        CREDIT_NOTES = "credit_notes", _("Credit notes")
        USAGE = "usage", _("Usage by month")

    class State(models.TextChoices):
        PREVIEW = "preview", _("To be looked at")
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    MOVING = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    file = models.FileField(upload_to="loads/", max_length=200, blank=True, help_text="Gone some days after its end.")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping = models.TextField(help_text="TOML, as it was given.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    position = models.PositiveBigIntegerField(default=0, help_text="Bytes read: a run that was killed goes on here.")
    rows_read = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_noted = models.PositiveIntegerField(default=0, help_text="Taken, with something to look at.")
    facts_new = models.PositiveIntegerField(default=0)
    facts_changed = models.PositiveIntegerField(default=0)
    facts_known = models.PositiveIntegerField(default=0)
    lines_made = models.PositiveIntegerField(default=0)
    medians = models.JSONField(default=dict, help_text="Month: median of revenue a line, in the file's own unit.")
    error = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = LoadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # resume_loads.
        indexes = [models.Index(fields=["moved_at"], condition=Q(state__in=["queued", "running"]), name="load_moving")]

    def __str__(self) -> str:
        return f"load {self.pk}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING

    @property
    def percent(self) -> int:
        return 100 * self.position // self.size if self.size else 0


class Refusal(models.Model):
    """A row that was not taken, or (`noted`) was taken although something is amiss."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField(help_text="Of the file; the heading is row 1.")
    column = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=20, help_text="Code of crm/billing/words.py.")
    noted = models.BooleanField(default=False)
    cells = ArrayField(models.TextField(), default=list)

    class Meta:
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["load", "row"], name="refusals_of_load")]

    def __str__(self) -> str:
        return f"{self.reason} in row {self.row}"


class Said(models.Model):
    """What one run has said so far: finds doubles within a file, however far apart, and gives its medians.

    Unlogged and emptied at the run's end: of a crash of the database server only that knowledge is lost.
    """

    pk = models.CompositePrimaryKey("load_id", "digest")
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    digest = models.UUIDField()
    subscription_id = models.BigIntegerField(null=True)
    month = models.DateField(null=True)
    revenue = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"said in load {self.load_id}"


class ExternalId(models.Model):
    """Another system's own id of a customer; the source is named by the mapping."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="external_ids", db_constraint=False)
    source = models.CharField(max_length=12)
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="one_customer_an_external_id")]
        triggers = refers("customer")

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"
