"""Following a case: to hear of it though it is somebody else's."""

from collections.abc import Iterable

from django.db import transaction

from crm.cases.actions import add_note
from crm.cases.models import Case, Note
from crm.desk.mentions import mentioned_in
from crm.desk.models import Follow
from crm.staff.models import User


def follow(*, case: Case, users: Iterable[User]) -> None:
    """Following twice changes nothing."""
    Follow.objects.bulk_create([Follow(case=case, user=user) for user in users], ignore_conflicts=True)


def unfollow(*, case: Case, user: User) -> None:
    Follow.objects.filter(case=case, user=user).delete()


def followers_of(case: Case) -> list[User]:
    return list(User.objects.filter(follows__case=case, is_active=True).order_by("name"))


@transaction.atomic
def write_note(*, case: Case, text: str, by: User, key: str = "") -> Note:
    """An internal note. Whom it mentions (and may see the case) hears of it and follows the case from now on."""
    people = mentioned_in(text, case)
    note = add_note(case=case, text=text, by=by, mentions=[one.pk for one in people], key=key)
    follow(case=case, users=people)
    return note
