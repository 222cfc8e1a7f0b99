"""Two records that may be one customer, and what became of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models.customer import Customer
from crm.staff.models import User


class Duplicate(models.Model):
    """A proposal with its reasons. The lower id stands first: a pair is proposed once."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        DIFFERENT = "different", _("Two customers")
        MERGED = "merged", _("Merged")

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=40), help_text="Codes: same_nik, same_email, name_and_birth, …")
    score = models.PositiveSmallIntegerField(help_text="0–100; how sure the reasons make us.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    found_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_in_order"),
        ]
        indexes = [models.Index(fields=["-score", "id"], condition=Q(state="proposed"), name="duplicates_to_do")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Merge(models.Model):
    """One record went into another. Keeps what is needed to take them apart again."""

    survivor = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merged_away")
    chosen = models.JSONField(default=dict, help_text="Field -> 'survivor' or 'absorbed'.")
    sealed = models.TextField(blank=True, help_text="Both records' fields as they were: personal, so sealed.")
    moved = models.JSONField(default=dict, help_text="Ids of what moved, by what it is.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # merge_customers relies on it: a record goes into one other at a time.
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at__isnull=True), name="absorbed_once"),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"
