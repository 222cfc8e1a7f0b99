"""Whom the news of a breach's review concerns, and where their line leads. The bells themselves: crm.desk.handlers."""

from collections.abc import Iterable

from django.urls import reverse

from crm.cases.models import Breach, Case
from crm.cases.words import ReviewState
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import Role, User

TO_SIGN = f"/breaches/?state={ReviewState.TO_SIGN}"


def signers(event: Event, case: Case | None) -> Iterable[User]:
    """The other supervisors of the team, else the administrators; who has such a line unread needs no second."""
    working = User.objects.filter(is_active=True).exclude(pk=event.actor_id)
    rung = Notification.objects.filter(read_at__isnull=True, url=TO_SIGN, kind=Notification.Kind.REVIEW)
    others = working.filter(role=Role.SUPERVISOR, teams=case.team_id if case else None)
    signing = others if others.exists() else working.filter(role=Role.ADMINISTRATOR)
    return signing.exclude(pk__in=rung.values("user"))


def who_reviews(event: Event, _case: Case | None) -> Iterable[User]:
    """The team's supervisors; of breaches without a team those who see them all."""
    working = User.objects.filter(is_active=True)
    if event.subject_type == "team":
        return working.filter(role=Role.SUPERVISOR, teams=event.subject_id)
    return working.filter(role__in=[Role.ADMINISTRATOR, Role.QUALITY])


def number_of(event: Event, _case: Case | None) -> str:
    return Breach(pk=event.facts["breach"]).number


def how_many(event: Event, _case: Case | None) -> str:
    return f"× {event.facts.get('count')}"


def at_review(event: Event, _case: Case | None) -> str:
    return reverse("desk:breach", args=[event.facts["breach"]]) + "?state=all"


def at_signing(_event: Event, _case: Case | None) -> str:
    return TO_SIGN


def at_overdue(_event: Event, _case: Case | None) -> str:
    return f"/breaches/?state={ReviewState.TO_REVIEW}&late=on"


def at_mine(_event: Event, _case: Case | None) -> str:
    return reverse("desk:my-actions")
