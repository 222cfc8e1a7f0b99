import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.events.actions import record
from crm.staff.models import User

OWN = frozenset({"language", "time_zone", "theme", "signature"})


@transaction.atomic
def set_presence(*, user: User, presence: str, at: dt.datetime | None = None) -> None:
    """Available, busy, wrap-up or away. Choosing the present state again changes nothing."""
    at = at or timezone.now()
    before = User.objects.select_for_update(of=("self",)).values_list("presence", flat=True).get(pk=user.pk)
    if before == presence:
        return
    user.presence, user.presence_since = presence, at
    user.save(update_fields=["presence", "presence_since"])
    record("staff.presence", subject=user, by=user, at=at, before=before, after=presence)


def change_profile(*, user: User, **changes: Any) -> None:
    """What everybody decides for themselves (OWN); a matter of taste, so no event is written."""
    if unknown := changes.keys() - OWN:
        raise TypeError(f"change_profile cannot write {sorted(unknown)}")
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))


@transaction.atomic
def change_password(*, user: User, password: str, at: dt.datetime | None = None) -> None:
    """A new password ends every session of this person: sessions are checked against it."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record("staff.password_changed", subject=user, by=user, at=at)
