"""Reviews and corrective actions that are late: told once, or once a day, however often this runs."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.reviewing import note_breach
from crm.cases.models import Breach
from crm.events.actions import record
from crm.staff.models import Team

BATCH = 500
AGAIN_AFTER = dt.timedelta(hours=20)  # once a day at most, at about the same hour


@transaction.atomic
def remind_reviews(now: dt.datetime | None = None) -> int:
    """One event a team about its reviews that became overdue since the last time; returns how many did.

    Those of cases without a team are one event of their own, about the first of them.
    """
    now = now or timezone.now()
    late = Breach.objects.counted().review_overdue(now).filter(reminded_at__isnull=True)
    claimed = list(late.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    by_team: dict[int, int] = defaultdict(int)
    for breach in claimed:
        if breach.team_id:
            by_team[breach.team_id] += 1
    Breach.objects.filter(pk__in=[breach.pk for breach in claimed]).update(reminded_at=now)
    for team in Team.objects.filter(pk__in=by_team):
        record("reviews.overdue", subject=team, at=now, count=by_team[team.pk])
    if teamless := [breach for breach in claimed if not breach.team_id]:
        record("reviews.overdue", subject=teamless[0], at=now, count=len(teamless))
    return len(claimed)


@transaction.atomic
def remind_actions(now: dt.datetime | None = None) -> int:
    """One event for each action that is past its date, to its owner; again after a day."""
    now = now or timezone.now()
    late = Breach.objects.counted().action_overdue(timezone.localdate(now))
    late = late.exclude(action_reminded_at__gt=now - AGAIN_AFTER).select_related("case").order_by("pk")
    claimed = list(late.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    Breach.objects.filter(pk__in=[breach.pk for breach in claimed]).update(action_reminded_at=now)
    for breach in claimed:
        note_breach("breach.action_overdue", breach, by=None, at=now, owner=breach.action_owner_id)
    return len(claimed)
