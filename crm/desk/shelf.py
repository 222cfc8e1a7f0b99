"""Saved views: searches under a name, shared or one's own, and which of them stand among somebody's queues."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crm.desk.models import Pin, Sharing, View
from crm.staff.access import require
from crm.staff.models import Team, User

KEPT_FOR = dt.timedelta(days=1)  # a deleted view, for its undo
MOST_PINS = 12


def pinned(user: User) -> list[View]:
    """The views among this user's queues, in their order. What is no longer shared with them is not there."""
    views = View.objects.visible_to(user).filter(pins__user=user).order_by("pins__position", "pins__id")
    return list(views[:MOST_PINS])


@transaction.atomic
def save_view(*, by: User, name: str, query: Mapping[str, Any], sharing: str, team: Team | None = None) -> View:
    """A new view. Sharing it asks for the right to. Raises IntegrityError when `by` has one of this name."""
    _may_share(by, sharing, team)
    return View.objects.create(owner=by, name=name, query=dict(query), sharing=sharing, team=_team(sharing, team))


@transaction.atomic
def change_view(
    *, view: View, by: User, name: str, sharing: str, team: Team | None = None, query: Mapping[str, Any] | None = None
) -> View:
    """Rename, share, or (with `query`) search for something else. Only its owner's to change."""
    view = View.objects.select_for_update().get(pk=view.pk, owner=by, deleted_at=None)
    if (sharing, team) != (view.sharing, view.team):
        _may_share(by, sharing, team)
    view.name, view.sharing, view.team = name, sharing, _team(sharing, team)
    view.query = view.query if query is None else dict(query)
    view.save()
    return view


def _may_share(by: User, sharing: str, team: Team | None) -> None:
    """With one's own team only."""
    if sharing != Sharing.OWN:
        require(by, "view.share")
    if sharing == Sharing.TEAM and (team is None or team.pk not in by.team_ids):
        raise Team.DoesNotExist


def _team(sharing: str, team: Team | None) -> Team | None:
    return team if sharing == Sharing.TEAM else None


@transaction.atomic
def delete_view(*, view: View, by: User) -> None:
    """Gone from everybody's queues. What was deleted a day ago is forgotten for good."""
    now = timezone.now()
    View.objects.filter(owner=by, deleted_at__lt=now - KEPT_FOR).delete()
    View.objects.filter(pk=view.pk, owner=by, deleted_at=None).update(deleted_at=now)


@transaction.atomic
def restore_view(*, view: View, by: User) -> None:
    """The undo: pins are as they were. Raises IntegrityError when its name was taken meanwhile."""
    View.objects.filter(pk=view.pk, owner=by).update(deleted_at=None)


@transaction.atomic
def pin_view(*, view: View, user: User) -> None:
    """Behind the others. Pinning twice changes nothing."""
    last = Pin.objects.filter(user=user).aggregate(last=Max("position"))["last"]
    Pin.objects.get_or_create(user=user, view=view, defaults={"position": 0 if last is None else last + 1})


def unpin_view(*, view: View, user: User) -> None:
    Pin.objects.filter(user=user, view=view).delete()


@transaction.atomic
def move_pin(*, view: View, user: User, by: int) -> None:
    """One place up (-1) or down (1); at the end it stays."""
    pins = list(Pin.objects.select_for_update().filter(user=user).order_by("position", "id"))
    at = next((i for i, pin in enumerate(pins) if pin.view_id == view.pk), None)
    if at is None:
        return
    pins.insert(max(0, min(len(pins) - 1, at + by)), pins.pop(at))
    for position, pin in enumerate(pins):
        pin.position = position
    Pin.objects.bulk_update(pins, ["position"])
