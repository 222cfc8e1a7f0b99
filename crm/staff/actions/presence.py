"""Who is here: said by the person, by a supervisor, or by time. One open span a person, whoever writes at once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crm.events.actions import record
from crm.staff.absence import Patience, Signs, change_due
from crm.staff.access import require
from crm.staff.models import Attendance, Presence, PresenceSpan, Role, Team, User

# Division staff hold no cases of customers by turns: nobody sends them away.
WATCHED = (Role.AGENT, Role.SUPERVISOR, Role.QUALITY)
HEARD_WITHIN = dt.timedelta(minutes=1)
_on_available: list[Callable[[], None]] = []
_in_wrap_up: list[Callable[[int], bool]] = []


def register_on_available(ring: Callable[[], None]) -> None:
    """Rooms above register in AppConfig.ready(): called once somebody is available and the fact is committed."""
    _on_available.append(ring)


def register_wrap_up(owes: Callable[[int], bool]) -> None:
    """Rooms above register in AppConfig.ready(): whoever owes something there stays in wrap-up, however long."""
    _in_wrap_up.append(owes)


@transaction.atomic
def set_presence(*, user: User, presence: str, at: dt.datetime | None = None) -> bool:
    """Available, busy, wrap-up or away, said by oneself. Choosing the present state again changes nothing: False."""
    present = _lock(user)
    if present.presence == presence:
        return False
    _change(present, presence, by=user, at=at or timezone.now())
    user.presence, user.presence_since = present.presence, present.presence_since
    return True


@transaction.atomic
def send_away(*, person: User, by: User, at: dt.datetime | None = None) -> bool:
    """A supervisor says that somebody is away; False when they are already. Raises PermissionDenied."""
    present = _lock(person)
    require(by, "staff.manage", present)
    if present.presence == Presence.AWAY:
        return False
    _change(present, Presence.AWAY, by=by, at=at or timezone.now(), why="by_hand")
    return True


def watch(at: dt.datetime | None = None) -> int:
    """End wrap-ups that are over, and note who is gone or idle. Returns how many states changed."""
    at = at or timezone.now()
    heard = Attendance.objects.aggregate(at=Max("present_at"))["at"]
    is_heard = heard is not None and at - heard < HEARD_WITHIN
    people = User.objects.working().filter(role__in=WATCHED).exclude(presence=Presence.AWAY)
    return sum(
        _pass_time(person, at, is_heard=is_heard)
        for person in people.select_related("team", "attendance").prefetch_related("teams")
        if change_due(_signs(person), _patience(person), at, is_heard=is_heard)
    )


@transaction.atomic
def _pass_time(person: User, at: dt.datetime, *, is_heard: bool) -> bool:
    """Asked again under the lock: they may have come back this moment."""
    present = _lock(person)
    change = change_due(_signs(present), _patience(person), at, is_heard=is_heard)
    if change is None or (change.why == "wrap_up" and any(owes(person.pk) for owes in _in_wrap_up)):
        return False
    _change(present, change.presence, by=None, at=at, why=change.why)
    return True


def _lock(user: User) -> User:
    """NO KEY: cases that are given to this person meanwhile need not wait."""
    return User.objects.select_for_update(of=("self",), no_key=True).select_related("attendance").get(pk=user.pk)


def _change(person: User, presence: str, *, by: User | None, at: dt.datetime, **facts: Any) -> None:
    before, since = person.presence, person.presence_since
    at = max(at, since)
    person.presence, person.presence_since = presence, at
    person.save(update_fields=["presence", "presence_since"])
    if not PresenceSpan.objects.filter(user=person, until__isnull=True).update(until=at):
        PresenceSpan.objects.create(user=person, presence=before, since=since, until=at)
    PresenceSpan.objects.create(user=person, presence=presence, since=at)
    record("staff.presence", subject=person, by=by, at=at, before=before, after=presence, **facts)
    if presence == Presence.AVAILABLE:
        for ring in _on_available:
            transaction.on_commit(ring)


def _signs(person: User) -> Signs:
    last = getattr(person, "attendance", None)
    return Signs(
        person.presence, person.presence_since, last.acted_at if last else None, last.present_at if last else None
    )


def _patience(person: User) -> Patience:
    """By the desk they sit at today, else their first team; who has none is waited for."""
    team: Team | None = person.team or next(iter(person.teams.all()), None)
    if team is None:
        return Patience()
    wrap_up, gone, idle = (
        dt.timedelta(minutes=minutes) for minutes in (team.wrap_up_minutes, team.gone_minutes, team.idle_minutes)
    )
    return Patience(wrap_up, gone, idle, settings.SESSION_IDLE)
