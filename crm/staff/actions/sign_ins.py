import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.staff.actions.presence import set_presence
from crm.staff.attending import note_act
from crm.staff.models import Presence, SignIn, SignInMethod, Team, User


def record_sign_in(
    *,
    user: User | None,
    outcome: str,
    ip: str | None,
    browser: str,
    method: str = SignInMethod.PASSWORD,
    at: dt.datetime | None = None,
) -> SignIn:
    """Write one attempt into the log of sign-ins; `user` is None when the name belongs to nobody."""
    return SignIn.objects.create(
        user=user, outcome=outcome, ip=ip, browser=browser, method=method, at=at or timezone.now()
    )


@transaction.atomic
def take_up_desk(*, user: User, team: Team | None, available: bool, at: dt.datetime | None = None) -> None:
    """Where somebody sits today and whether work may come at once. A team that is not theirs is not taken."""
    if team is not None and team.pk in user.team_ids and user.team_id != team.pk:
        user.team = team
        user.save(update_fields=["team"])
    note_act(user.pk, at or timezone.now())
    set_presence(user=user, presence=Presence.AVAILABLE if available else Presence.AWAY, at=at)
