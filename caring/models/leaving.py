"""The leaving risk as plain numbers (caring/leaving/model.py), with how well it foretold lines it had not seen."""

from django.db import models
from django.utils import timezone


class LeavingModel(models.Model):
    month = models.DateField(unique=True, help_text="The newest full month: what it learnt to foretell.")
    numbers = models.JSONField()
    report = models.JSONField(help_text="Cross-validated, beside the naive rule on the same shift.")
    fitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"leaving risk of {self.month:%Y-%m}"
