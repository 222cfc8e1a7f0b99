"""How good the data of the whole base are, a row a day."""

from django.db import models


class QualityDay(models.Model):
    """One day's judgement of the base, and how far it has come. Sums, from which means are made."""

    day = models.DateField(primary_key=True)
    upto = models.BigIntegerField(default=0, help_text="Id of the last customer that is judged.")
    customers = models.PositiveIntegerField(default=0)
    score = models.BigIntegerField(default=0)
    complete = models.BigIntegerField(default=0)
    valid = models.BigIntegerField(default=0)
    up_to_date = models.BigIntegerField(default=0)
    reachable = models.BigIntegerField(default=0)
    flaws = models.JSONField(default=dict, help_text="Code -> how many customers have it.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"quality {self.day}"
