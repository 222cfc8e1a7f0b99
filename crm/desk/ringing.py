"""How a bell stands: what is new, and whether it may ring."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.desk.models import Notification, Ringing
from crm.staff.models import Presence, User

HUSHED = {Presence.WRAP_UP, Presence.AWAY}


@dataclass(frozen=True)
class BellNow:
    """`unread`: lines not yet read. `quiet_until` is set while it is quiet by the clock."""

    unread: int
    quiet_until: dt.datetime | None
    is_quiet: bool
    by_browser: bool

    @property
    def rings(self) -> int:
        """What the tab's title says: nothing while it is quiet."""
        return 0 if self.is_quiet else self.unread


def bell_of(user: User, at: dt.datetime | None = None) -> BellNow:
    """One query."""
    at = at or timezone.now()
    unread = Notification.objects.filter(user=OuterRef("pk"), read_at__isnull=True).order_by()
    counted = Subquery(unread.values("user").annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    fields = ("ringing__quiet_until", "ringing__quiet_when_away", "ringing__by_browser")
    row = User.objects.filter(pk=user.pk).values_list(Coalesce(counted, Value(0)), *fields).get()
    count, until, when_away, by_browser = row
    until = until if until and until > at else None
    away = when_away is not False and user.presence in HUSHED
    return BellNow(count, until, bool(until) or away, bool(by_browser))


def ringing_of(user: User) -> Ringing:
    """What somebody chose, or what holds for who never did."""
    return Ringing.objects.filter(user=user).first() or Ringing(user=user)


def choose(*, user: User, **chosen: Any) -> Ringing:
    """`chosen`: fields of Ringing."""
    ringing, _new = Ringing.objects.update_or_create(user=user, defaults=chosen)
    return ringing
