"""Who is who on a network: kept current, so that a person who changes their handle stays the same customer."""

import datetime as dt

from django.db import transaction

from crm.customers.actions import move_handle
from social.columns import handle
from social.models import Post, Profile

FORMER = "id:"  # before the id of somebody whose handle another person has taken


@transaction.atomic
def keep_profile(*, network: str, external_id: str, display: str, name: str = "", seen_at: dt.datetime) -> Profile:
    """What the network said of somebody at `seen_at`; older news than we have changes nothing, nor does an empty name.

    A new handle of theirs takes the customer and the live posts along. A handle that was somebody else's before does
    not bring that person's record with it.
    """
    said = {"handle": handle(display), "display": display.strip().lstrip("@")}
    said |= {"name": name[:160]} if name else {}
    profile, new = Profile.objects.select_for_update().get_or_create(
        network=network, external_id=external_id, defaults=said | {"seen_at": seen_at}
    )
    known = {field: getattr(profile, field) for field in said}
    if new:
        _let_go(profile, at=seen_at)
    elif seen_at >= profile.seen_at and known != said:
        Profile.objects.filter(pk=profile.pk).update(**said, seen_at=seen_at)
        profile.refresh_from_db()
        if known["handle"] != profile.handle:
            _let_go(profile, at=seen_at)
            _take_along(network, known["handle"], profile.display, at=seen_at)
    return profile


def _let_go(owner: Profile, *, at: dt.datetime) -> None:
    """Whoever had the owner's handle before has another one by now, which we don't know yet."""
    for former in Profile.objects.filter(network=owner.network, handle=owner.handle).exclude(pk=owner.pk):
        former.handle = former.display = f"{FORMER}{former.external_id}"
        former.save(update_fields=["handle", "display"])
        _take_along(owner.network, owner.handle, former.handle, at=at)


def _take_along(network: str, was: str, now: str, *, at: dt.datetime) -> None:
    move_handle(network=network, old=was, new=now, at=at)
    live = Post.objects.filter(account__network=network, is_archive=False, author=was)
    live.update(author=handle(now))
