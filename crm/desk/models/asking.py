from __future__ import annotations

from django.db import models
from django.db.models import Q

from crm.cases.models import Case
from crm.staff.models import User


class AskQuerySet(models.QuerySet["Ask"]):
    def open(self) -> AskQuerySet:
        return self.filter(decided_at__isnull=True)


class Ask(models.Model):
    """A text with personal data that an agent asks a supervisor to let out in public. Decided once, for it alone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="asks")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    # Emptied by the decision: what was allowed is a message then, what was refused is nobody's to keep.
    text = models.TextField(blank=True)
    road = models.CharField(max_length=40)
    seen = models.BigIntegerField(
        null=True, blank=True, help_text="The newest contact that its writer had before them; empty: not known."
    )
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    allowed = models.BooleanField(default=False)

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [
            # ask_for relies on it: asking again replaces what was asked.
            models.UniqueConstraint(
                fields=["case", "by"], condition=Q(decided_at__isnull=True), name="one_open_ask_a_writer"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_by__isnull=False, text=""),
                name="ask_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.case_id}"
