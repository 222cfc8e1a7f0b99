from django.db import models
from django.db.models.functions import Now

from crm.messaging.models import Connection
from crm.timeline.models import Interaction


class DownloadQuerySet(models.QuerySet["Download"]):
    def due(self) -> "DownloadQuerySet":
        return self.filter(look_at__lte=Now()).order_by("look_at", "id")


class Download(models.Model):
    """A picture or film that came with a contact and is still at the network. The table is the queue: a row goes when
    its file is kept as an attachment, or when it is noted that the network did not hand it over."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=255, help_text="The network's id of the medium.")
    url = models.URLField(max_length=1000)
    attempts = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField(db_default=Now(), help_text="When to fetch it (again); a claim puts it off.")

    objects = DownloadQuerySet.as_manager()

    class Meta:
        constraints = [
            # Intake relies on it: a medium of a contact is fetched once, however often the contact comes.
            models.UniqueConstraint(fields=["interaction", "external_id"], name="download_once"),
        ]
        indexes = [models.Index(fields=["look_at", "id"], name="download_due")]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.external_id}"
