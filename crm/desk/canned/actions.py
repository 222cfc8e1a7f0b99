"""Writes on canned replies: kept, switched off and on, copied, used. pghistory's triggers keep every version."""

import datetime as dt
from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.desk.models import CannedReply, CannedUse
from crm.desk.models.view import Sharing
from crm.staff.access import may
from crm.staff.models import Role, User


class ShortcutTaken(Exception):
    """Another text of the same circle and language has this shortcut."""


def may_edit(user: User, reply: CannedReply) -> bool:
    """One's own by oneself; shared ones by whoever may share, a team's within one's teams."""
    if reply.sharing == Sharing.OWN:
        return reply.owner_id in (None, user.pk) and may(user, "canned.own")
    if not may(user, "canned.share"):
        return False
    return reply.sharing == Sharing.ALL or user.role == Role.ADMINISTRATOR or reply.team_id in user.team_ids


def keep_reply(*, reply: CannedReply, by: User) -> CannedReply:
    """Save a new or a changed text. The circle says which of owner and team it has. Raises ShortcutTaken."""
    reply.owner = by if reply.sharing == Sharing.OWN else None
    reply.team = reply.team if reply.sharing == Sharing.TEAM else None
    try:
        with transaction.atomic(), pghistory.context(by=by.pk):
            reply.save()
    except IntegrityError:
        raise ShortcutTaken from None
    return reply


def switch(*, reply: CannedReply, on: bool, by: User) -> CannedReply:
    """Out of the picker, or back in it. Raises ShortcutTaken when another has taken its shortcut meanwhile."""
    reply.is_active = on
    return keep_reply(reply=reply, by=by)


def copy_of(reply: CannedReply, *, by: User) -> CannedReply:
    """An unsaved copy, to be changed and kept: one's own, unless one may share."""
    shared = may(by, "canned.share")
    values: dict[str, Any] = {"title": _("%(title)s (copy)") % {"title": reply.title[:70]}, "text": reply.text}
    values |= {"language": reply.language, "shortcut": f"{reply.shortcut[:25]}-2"}
    return CannedReply(**values, sharing=reply.sharing if shared else Sharing.OWN, team=reply.team if shared else None)


def count_use(*, reply: CannedReply, by: User, at: dt.datetime | None = None) -> None:
    """Somebody put it into an answer. Two at once count two."""
    at = at or timezone.now()
    use, new = CannedUse.objects.get_or_create(user=by, reply=reply, defaults={"last_at": at})
    if not new:
        CannedUse.objects.filter(pk=use.pk).update(times=F("times") + 1, last_at=at)
