"""What the list of people shows: two annotations and the locks, for any number of rows in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Subquery
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm.staff import locks
from crm.staff.models import SignIn, SignInOutcome, User
from crm.staff.queries import UserQuerySet


def with_list_columns(people: UserQuerySet) -> UserQuerySet:
    """Add `last_sign_in` and `has_second_step`; teams, division and office come along."""
    signed_in = SignIn.objects.filter(user=OuterRef("pk"), outcome=SignInOutcome.OK).order_by("-at")
    device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    return (
        people.select_related("team", "division", "office")
        .prefetch_related("teams")
        .annotate(last_sign_in=Subquery(signed_in.values("at")[:1]), has_second_step=Exists(device))
    )


def mark_locked(people: Iterable[User], at: dt.datetime) -> None:
    """Write `locked_until` on each: until when their account is locked at some address, or None."""
    people = list(people)
    ends = locks.locked_accounts([person.username for person in people], at)
    for person in people:
        person.locked_until = ends.get(person.username)  # type: ignore[attr-defined]
