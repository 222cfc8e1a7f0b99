import datetime as dt
from typing import Any

from django.db import transaction

from crm.events.actions import record
from crm.staff.models import User

OWN = frozenset({"language", "time_zone", "theme", "signature", "letter_keys"})


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
