"""Which visits: adjectives."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from crm.staff.models import Office, Role, User
from crm.visits.words import OPEN, VisitState


def office_day(office: Office, at: dt.datetime) -> dt.date:
    """The date on the office's own wall."""
    return at.astimezone(ZoneInfo(office.time_zone)).date()


def offices_of(user: User) -> models.QuerySet[Office]:
    """Whose visits a member of staff sees: all offices for those who see all cases, else their own and their teams'."""
    offices = Office.objects.all()
    if user.role in {Role.QUALITY, Role.ADMINISTRATOR}:
        return offices
    theirs = {pk for pk in (user.office_id, *(team.office_id for team in user.teams.all())) if pk}
    return offices.filter(pk__in=theirs)


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> "VisitQuerySet":
        return self.filter(office__in=offices_of(user))

    def of_day(self, office: Office, at: dt.datetime) -> "VisitQuerySet":
        return self.filter(office=office, day=office_day(office, at))

    def waiting(self) -> "VisitQuerySet":
        """Whom to call next, first."""
        return self.filter(state=VisitState.WAITING).order_by("-is_priority", "arrived_at", "id")

    def open(self) -> "VisitQuerySet":
        return self.filter(state__in=OPEN)
