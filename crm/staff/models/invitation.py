from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from crm.staff.models.places import Division, Office, Team
from crm.staff.models.user import User
from crm.staff.words import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; may have run out."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def open(self, at: dt.datetime) -> InvitationQuerySet:
        """Those that can still be accepted."""
        return self.waiting().filter(expires_at__gt=at)

    def visible_to(self, user: User) -> InvitationQuerySet:
        """An administrator sees all, others what they sent."""
        return self.all() if user.role == Role.ADMINISTRATOR else self.filter(invited_by=user)


class Invitation(models.Model):
    """Lets one person make their account. The link's token is known to the e-mail alone; we keep its SHA-256."""

    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, help_text="Of the e-mail.")
    token_hash = models.CharField(max_length=64, unique=True, null=True, help_text="Null until the e-mail is sent.")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="invitation")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # invite_person relies on it: two supervisors cannot both invite one address.
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_waiting_invitation",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="invitation_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def is_open(self, at: dt.datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at
