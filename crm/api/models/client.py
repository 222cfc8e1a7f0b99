"""ApiClient: another system of the operator that speaks to us."""

from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import Application

from crm.staff.models import Team, User
from crm.timeline.models import Channel


class Scope(models.TextChoices):
    READ = "cases:read", _("Read cases")
    WRITE = "cases:write", _("Open cases, add contacts and change them")
    CUSTOMERS_READ = "customers:read", _("Find customers, masked")
    CUSTOMERS_WRITE = "customers:write", _("Change customers' records")
    BILLING_WRITE = "billing:write", _("Bring bills, payments, top-ups and usage")
    LINES_READ = "lines:read", _("Read lines and service orders")
    LINES_WRITE = "lines:write", _("Say how lines and service orders stand")
    CALLS_WRITE = "calls:write", _("Ring calls at agents and say how they go on")
    VISITS_READ = "visits:read", _("Read a GraPARI's visits")
    VISITS_WRITE = "visits:write", _("Check visitors in and say how their visits go on")
    CARING_READ = "caring:read", _("Read the caring programme and its tasks")
    CARING_WRITE = "caring:write", _("Take caring tasks and say what came of them")
    KNOWLEDGE_READ = "knowledge:read", _("Read published articles")
    CONSENTS_READ = "consents:read", _("Read what customers allow")
    CONSENTS_WRITE = "consents:write", _("Record what customers allow")


@pghistory.track()
class ApiClient(models.Model):
    """What we know of a client beyond its OAuth2 credentials, which the application keeps.

    A client with a team sees and opens that team's cases only. Revoked clients stay: cases name them.
    """

    application: Any = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="client")
    name = models.CharField(_("Name"), max_length=80, unique=True)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope.choices), verbose_name=_("Allowed to"))
    channel = models.CharField(_("Channel of its cases"), max_length=20, choices=Channel.choices, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("Only this team"))
    requests_per_minute = models.PositiveIntegerField(_("Requests a minute"), default=600)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    secret_changed_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("API client"), _("API clients")
        ordering = ["revoked_at", "name"]
        constraints = [
            # The throttle divides by nothing, but a client that may never ask is a mistake.
            models.CheckConstraint(condition=Q(requests_per_minute__gt=0), name="client_may_ask"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="client_has_a_scope"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]
