from django.db import models


class Profile(models.Model):
    """Who somebody is on a network: networks write to the id, people read the handle, and a handle may change."""

    network = models.CharField(max_length=20)
    external_id = models.CharField(max_length=64)
    handle = models.CharField(max_length=80, help_text="Without @, lower case: how customers' handles are compared.")
    display = models.CharField(max_length=80, blank=True, help_text="As the owner writes it.")
    name = models.CharField(max_length=160, blank=True)
    seen_at = models.DateTimeField(help_text="When the network last said so.")

    class Meta:
        constraints = [
            # Sending looks up the id behind a handle; intake the handle behind an id.
            models.UniqueConstraint(fields=["network", "external_id"], name="profile_once"),
        ]
        indexes = [models.Index(fields=["network", "handle"], name="profile_handle")]

    def __str__(self) -> str:
        return f"{self.network}: {self.external_id}"
