"""What was taken to be sent in bulk of late, by channel: what is left of a minute's budget follows from it."""

from django.db import models
from django.db.models.functions import Now


class Taken(models.Model):
    """One claim: so many messages. A try that failed has used its share, too. Forgotten after a minute."""

    channel = models.CharField(max_length=20)
    at = models.DateTimeField(db_default=Now())
    number = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["channel", "at"], name="taken_of_late")]

    def __str__(self) -> str:
        return f"{self.number} on {self.channel}"
