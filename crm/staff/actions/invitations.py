import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from crm.events.actions import record
from crm.staff.access import grantable_roles, require
from crm.staff.errors import AddressTaken, InvitationOver, RoleNotYours, TeamNotYours
from crm.staff.models import Division, Invitation, Office, Role, Team, User
from crm.staff.tokens import digest


@transaction.atomic
def invite_person(
    *,
    email: str,
    role: str,
    by: User,
    name: str = "",
    teams: Collection[Team] = (),
    division: Division | None = None,
    office: Office | None = None,
    language: str = "id",
    at: dt.datetime | None = None,
) -> Invitation:
    """Promise `email` an account; the link goes out by tasks.send_invitation. An earlier one that waits is withdrawn.

    Raises PermissionDenied, RoleNotYours, TeamNotYours, AddressTaken.
    """
    at = at or timezone.now()
    require(by, "staff.invite")
    check_role(by, role)
    check_teams(by, {team.pk for team in teams}, frozenset())
    if User.objects.filter(email__iexact=email).exists():
        raise AddressTaken
    Invitation.objects.waiting().filter(email__iexact=email).update(withdrawn_at=at)
    invitation = Invitation.objects.create(
        email=email, role=role, name=name, division=division, office=office, language=language,
        invited_by=by, at=at, expires_at=at + settings.INVITATION_LASTS,
    )  # fmt: skip
    invitation.teams.set(teams)
    record("staff.invited", subject=invitation, by=by, at=at, role=role)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, at: dt.datetime | None = None) -> None:
    """The link stops working. Withdrawing what is accepted or withdrawn changes nothing."""
    at = at or timezone.now()
    require(by, "staff.invite")
    if Invitation.objects.waiting().visible_to(by).filter(pk=invitation.pk).update(withdrawn_at=at):
        record("staff.invitation_withdrawn", subject=invitation, by=by, at=at)


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, at: dt.datetime | None = None) -> User:
    """Make the account that the link promises. Raises InvitationOver, and AddressTaken when it exists meanwhile."""
    at = at or timezone.now()
    invitation = Invitation.objects.select_for_update().filter(token_hash=digest(token)).first()
    if invitation is None or not invitation.is_open(at):
        raise InvitationOver
    user = _make_account(invitation, name, password)
    user.teams.set(invitation.teams.all())
    invitation.accepted_at, invitation.accepted_by = at, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record("staff.joined", subject=user, by=user, at=at, role=user.role, invitation=invitation.pk)
    return user


def check_role(by: User, role: str) -> None:
    if role not in grantable_roles(by):
        raise RoleNotYours


def check_teams(by: User, wanted: Collection[int], present: frozenset[int]) -> None:
    """A supervisor leaves memberships of other teams as they are, and everybody in at least one of their own."""
    if by.role == Role.ADMINISTRATOR:
        return
    foreign = present - by.team_ids
    if not set(wanted) & by.team_ids or set(wanted) - by.team_ids != foreign:
        raise TeamNotYours


def _make_account(invitation: Invitation, name: str, password: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(
                free_username(invitation.email), invitation.email, password,
                name=name, role=invitation.role, division=invitation.division, office=invitation.office,
                time_zone=invitation.office.time_zone if invitation.office else User.time_zone.field.default,
            )  # fmt: skip
    except IntegrityError:
        raise AddressTaken from None


def free_username(email: str) -> str:
    """The part before the @, with a number when somebody has it; two at once meet the unique constraint."""
    base = ".".join(filter(None, (slugify(part) for part in email.partition("@")[0].split(".")))) or "staff"
    taken = {
        name.lower() for name in User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    }
    number, name = 1, base[:50]
    while name in taken:
        number += 1
        name = f"{base[:50]}{number}"
    return name
