from __future__ import annotations

from django.db import models
from django.utils import timezone

from crm.staff.models.user import User
from crm.staff.words import Role, SignInMethod, SignInOutcome


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, user: User) -> SignInQuerySet:
        """An administrator sees every attempt, a supervisor those of the people they see."""
        if user.role == Role.ADMINISTRATOR:
            return self.all()
        return self.filter(user__in=User.objects.visible_to(user))


class SignIn(models.Model):
    """One attempt to sign in. What was typed as a name is not kept: people type passwords there."""

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="sign_ins")
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=40, blank=True, help_text="Family and system: Firefox, Windows.")
    method = models.CharField(max_length=10, choices=SignInMethod.choices, default=SignInMethod.PASSWORD)
    outcome = models.CharField(max_length=12, choices=SignInOutcome.choices)

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            # The log, newest first, and one person's last sign-in in the list of people.
            models.Index(fields=["-at", "-id"], name="sign_in_newest"),
            models.Index(fields=["user", "outcome", "-at"], name="sign_in_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.outcome}"
