"""Reading people: adjectives that chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.staff.words import Role

if TYPE_CHECKING:
    from crm.staff.models import User


class UserQuerySet(models.QuerySet["User"]):
    def working(self) -> UserQuerySet:
        """Whose account is active."""
        return self.filter(is_active=True)

    def called(self, identifier: str) -> UserQuerySet:
        """Whoever has this user name, e-mail or staff number, without regard to case."""
        return self.filter(
            Q(username__iexact=identifier) | Q(email__iexact=identifier) | Q(staff_number__iexact=identifier)
        )

    def matching(self, words: str) -> UserQuerySet:
        """A search as people type it: a part of the name, the address or the number."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(username__icontains=word)
                | Q(email__icontains=word) | Q(staff_number__icontains=word)
            )  # fmt: skip
        return found

    def visible_to(self, user: User) -> UserQuerySet:
        """An administrator sees everybody, a supervisor the people of their own teams and themselves, others nobody."""
        if not user.is_active:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self.all()
        if user.role == Role.SUPERVISOR:
            same_team = self.model.teams.through.objects.filter(user_id=OuterRef("pk"), team_id__in=user.team_ids)
            return self.filter(Q(pk=user.pk) | Exists(same_team))
        return self.none()
