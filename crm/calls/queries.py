"""Calls that are …"""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.calls.words import SPOKEN, CallState
from crm.staff.access import is_working
from crm.staff.models import Role, User


def agents_of(user: User) -> models.QuerySet[User]:
    """Of whose calls somebody reads the figures: of all for those who read all cases, else of their teams' people."""
    everybody = User.objects.order_by("name", "pk")
    if user.role in {Role.QUALITY, Role.ADMINISTRATOR}:
        return everybody.filter(calls__isnull=False).distinct()
    return everybody.filter(teams__in=user.team_ids).distinct()


class CallQuerySet(models.QuerySet):
    def visible_to(self, user: User | None) -> CallQuerySet:
        """Their own, from the first ring on; supervisors: those of their teams' people too; service quality: all."""
        if not is_working(user):
            return self.none()
        if user.role == Role.QUALITY:
            return self
        mine = Q(agent=user) | Q(pk__in=user.call_events.values("call"))
        if user.role == Role.SUPERVISOR:
            team = User.objects.filter(teams__in=user.team_ids).values("pk")
            told = apps.get_model("calls", "CallEvent").objects.filter(call=OuterRef("pk"), agent__in=team)
            mine |= Q(agent__in=team) | Q(Exists(told))
        return self.filter(mine)

    def going_on(self) -> CallQuerySet:
        return self.exclude(state=CallState.ENDED)

    def spoken(self) -> CallQuerySet:
        return self.filter(state__in=SPOKEN)

    def unwrapped(self) -> CallQuerySet:
        """Over, somebody talked, and nobody has said what about."""
        return self.filter(state=CallState.ENDED, answered_at__isnull=False, wrapped_at=None)

    def now_at(self, user: User) -> CallQuerySet:
        """What stands on this agent's screen: a call that goes on, else those to wrap up."""
        return (self.filter(agent=user).going_on() | self.filter(agent=user).unwrapped()).order_by("ended_at", "-since")
