from django.db import models
from django.db.models.functions import Lower

from crm.timeline.models import Channel


class Account(models.Model):
    """One official account of ours on one network."""

    network = models.CharField(max_length=20, choices=Channel.choices)
    handle = models.CharField(max_length=80, help_text="Without @; read in any case.")
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["network", "handle"]
        constraints = [
            # account_named relies on it: @Telkomsel and @telkomsel are one.
            models.UniqueConstraint("network", Lower("handle"), name="account_once"),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"
