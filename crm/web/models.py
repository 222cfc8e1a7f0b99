"""What a customer filled in, and the link by which they follow it."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from crm.cases.models import Case
from crm.staff.models import User
from crm.staff.words import Language, Zone
from crm.web.tokens import link_token, new_nonce
from crm.web.words import LINK_LASTS, Prefers


class Filing(models.Model):
    """One form that was sent. Name and contacts are what its writer says: claims, kept apart from the customer's."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="filings")
    twin = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, help_text="The same once more.")
    nonce = models.CharField(max_length=40, unique=True, help_text="The page's own: sent twice, it is one filing.")
    page = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    honorific = models.CharField(max_length=20, blank=True)
    msisdn = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=254, blank=True)
    prefers = models.CharField(max_length=10, choices=Prefers.choices)
    language = models.CharField(max_length=5, choices=Language.choices)
    time_zone = models.CharField(max_length=40, choices=Zone.choices, default=Zone.WIB)
    consent = models.PositiveSmallIntegerField(help_text="Version of the text that was agreed to.")
    is_suspect = models.BooleanField(default=False, help_text="Looks like a robot's: taken all the same, told nothing.")
    digest = models.CharField(max_length=64, help_text="Keyed hash of contact and text.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # notices and the lost-link letter need somewhere to go.
            models.CheckConstraint(condition=~Q(msisdn="", email=""), name="filing_has_a_contact"),
        ]
        indexes = [
            # file_form: the same text by the same contact, minutes ago.
            models.Index(fields=["digest", "-at"], name="filing_twins"),
            # A lost link, asked for by the address that was given then.
            models.Index(fields=["email", "-id"], condition=~Q(email=""), name="filing_email"),
        ]

    def __str__(self) -> str:
        return f"filing {self.pk}"

    @property
    def addressed(self) -> str:
        """'Ibu Rina Maharani', as they asked to be called."""
        return f"{self.honorific} {self.name}".strip()


class StatusLinkQuerySet(models.QuerySet["StatusLink"]):
    def live(self) -> "StatusLinkQuerySet":
        return self.filter(ended_at=None)

    def unexpired(self, at: dt.datetime) -> "StatusLinkQuerySet":
        """Of running cases, and of those closed not long ago, wherever they were merged to."""
        closed = Coalesce("case__merged_into__closed_at", "case__closed_at")
        running = Q(case__closed_at=None) | Q(case__merged_into__isnull=False, case__merged_into__closed_at=None)
        return self.live().alias(closed=closed).filter(running | Q(closed__gt=at - LINK_LASTS))


class StatusLink(models.Model):
    """The one key to a case's status page. A new one ends the old one."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="status_links")
    nonce = models.CharField(max_length=40, unique=True, default=new_nonce)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Renewed or revoked.")
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = StatusLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            # make_link relies on it: whoever renews at once with a colleague ends theirs, or waits.
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="one_live_link_a_case"),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def token(self) -> str:
        return link_token(self.nonce)

    @property
    def url(self) -> str:
        return settings.SITE_URL + reverse("web:status", args=[self.token])
