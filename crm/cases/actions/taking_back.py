"""Taking back: an unanswered case whose assignee has gone away, or lets it lie into the reply clock.

Only where the customer waits for a reply: what is answered stays with the person who knows it. Once from each person.
"""

import datetime as dt
from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from crm.cases.actions.assigning import take_back
from crm.cases.models import Case, Holding, SlaClock
from crm.cases.queries import CaseQuerySet
from crm.cases.words import ClockKind, Party, State
from crm.staff.models import Presence, Role

Working = Callable[[Collection[Case], dt.datetime], set[int]]
_signs_of_work: list[Working] = []


def register_sign_of_work(sign: Working) -> None:
    """Rooms above register in AppConfig.ready(): of these cases, the ids of those that their assignee works on now."""
    _signs_of_work.append(sign)


def take_back_all(at: dt.datetime | None = None) -> int:
    """Of every team that takes back; returns how many cases were."""
    at = at or timezone.now()
    due = {case.pk: why for case in _unanswered() if (why := why_taken(case, at))}
    if not due:
        return 0
    cases = list(Case.objects.filter(pk__in=due).order_by("pk"))
    worked_on = set().union(*(sign(cases, at) for sign in _signs_of_work))
    return sum(
        _take_back(case, due[case.pk], at) for case in cases if case.pk not in worked_on or due[case.pk] == "away"
    )


def why_taken(case: Case, at: dt.datetime) -> str:
    """Away, idle, or empty: it stays. Of a case as `_unanswered` reads it."""
    team, person = case.team, case.assignee
    if team is None or person is None:
        return ""
    if team.take_back_minutes and person.presence == Presence.AWAY:
        since = max(person.presence_since, case.held_since)  # type: ignore[attr-defined]
        if at - since >= dt.timedelta(minutes=team.take_back_minutes):
            return "away"
    begin = max(case.clock_started, case.held_since)  # type: ignore[attr-defined]
    patience = (case.clock_due - begin) * team.take_back_percent / 100  # type: ignore[attr-defined]
    return "idle" if team.take_back_percent and begin < case.clock_due and at >= begin + patience else ""  # type: ignore[attr-defined]


def _unanswered() -> CaseQuerySet:
    """Held by an agent of a team that takes back, with a reply clock running; with the times that decide."""
    cases = Case.objects.live().running().filter(party=Party.TEAM, assignee__role=Role.AGENT)
    cases = cases.filter(due_kind=ClockKind.RESPONSE).exclude(state=State.WAITING)
    cases = cases.exclude(team__take_back_minutes=0, team__take_back_percent=0)
    held = Holding.objects.filter(case=OuterRef("pk"), until__isnull=True)
    clock = SlaClock.objects.filter(case=OuterRef("pk"), kind=ClockKind.RESPONSE, stopped_at__isnull=True)
    return cases.select_related("team", "assignee").annotate(
        held_since=Subquery(held.values("since")[:1]),
        clock_started=Subquery(clock.values("started_at")[:1]),
        clock_due=Subquery(clock.values("due_at")[:1]),
    )


@transaction.atomic
def _take_back(case: Case, why: str, at: dt.datetime) -> bool:
    """Asked again under the lock: it may be answered this moment. What another holds is left for the next look."""
    locked = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=case.pk).first()
    if locked is None or not (found := _unanswered().filter(pk=case.pk).first()) or why_taken(found, at) != why:
        return False
    take_back(case=locked, why=why)
    return True
