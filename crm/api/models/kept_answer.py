"""KeptAnswer: what a POST with an Idempotency-Key was answered, so that its repetition does nothing twice."""

from django.db import models
from django.utils import timezone

from crm.api.models.client import ApiClient


class KeptAnswer(models.Model):
    """Written in the transaction of the act itself: either both are there or neither."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of path and body.")
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, help_text="Byte for byte what was answered.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # answered_once relies on it: of two requests at once, the second waits for the first one's commit.
            models.UniqueConstraint(fields=["client", "key"], name="answered_once"),
        ]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]  # forget_answers

    def __str__(self) -> str:
        return f"{self.client_id}: {self.status}"
