from django.db import models

from crm.cases.models.case import Case
from crm.messaging.models import Message
from crm.staff.models import User


class Undo(models.Model):
    """What the newest act found before it changed a case: for some seconds, and while nobody has acted since, it can be
    taken back to the very state it had. One a case: a later act makes the earlier one final."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="undo")
    act = models.CharField(max_length=10, help_text="settle, assign or wait")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(help_text="The case's after the act: another one means that somebody acted.")
    event_id = models.BigIntegerField(help_text="The event that told of the act.")
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="Sent in the same press."
    )
    before = models.JSONField(help_text="Ids, states and times of the case and what hangs on it; no personal text.")

    def __str__(self) -> str:
        return f"{self.act} {self.case_id}"
