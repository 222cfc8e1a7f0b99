from django.db import models


class Verification(models.Model):
    """One nightly recomputation of the verdicts from raw history, and what differed."""

    at = models.DateTimeField()
    clocks = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    samples = models.JSONField(default=list, help_text="Up to 50 differing clocks: id, stored and recomputed verdict.")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%F}: {self.differing} of {self.clocks}"
