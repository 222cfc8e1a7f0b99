from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.messaging.models.connection import Connection
from crm.messaging.words import in_words
from crm.timeline.models import Channel, Interaction


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def due(self) -> "ArrivalQuerySet":
        """To be worked on now, in the order in which they came."""
        return self.filter(state=Arrival.State.WAITING, look_at__lte=Now()).order_by("look_at", "id")

    def failed(self) -> "ArrivalQuerySet":
        """Given up: somebody must look."""
        return self.filter(state=Arrival.State.FAILED)


class Arrival(models.Model):
    """Something that came in from outside, kept as it came before anybody looks at it: the inbound counterpart of
    Message. The web process answers the network once this row is committed; a worker takes it from here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        TAKEN = "taken", _("Taken in")
        IGNORED = "ignored", _("Not for us")
        FAILED = "failed", _("Could not be taken in")

    channel = models.CharField(max_length=20, choices=Channel.choices)
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals")
    kind = models.CharField(max_length=40, blank=True, help_text="The network's word for it.")
    external_id = models.CharField(max_length=255, help_text="The network's id of the event, or a digest of it.")
    body = models.BinaryField(help_text="The bytes as they came; emptied some days after they were taken in.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=250, blank=True, help_text="Why it was ignored or failed, without quoting it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField(db_default=Now(), help_text="When to take it up (again).")
    interaction = models.ForeignKey(Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    came_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            # keep_arrival relies on it: a doubled or replayed delivery is one row.
            models.UniqueConstraint(
                fields=["channel", "connection", "external_id"], nulls_distinct=False, name="arrival_once"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at", "id"], condition=Q(state="waiting"), name="arrival_due"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="arrival_failed"),
            # Emptying what was taken in long ago.
            models.Index(fields=["ended_at"], condition=~Q(body=b""), name="arrival_to_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.state}"

    @property
    def reason_in_words(self) -> str:
        return in_words(self.reason)
