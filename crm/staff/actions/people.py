import datetime as dt
from collections.abc import Collection
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_otp import devices_for_user

from crm.events.actions import record
from crm.staff import locks
from crm.staff.access import require
from crm.staff.actions.invitations import check_role, check_teams
from crm.staff.errors import LastAdministrator, NotYourself
from crm.staff.models import Invitation, Role, Skill, Team, User

EDITABLE = frozenset(
    {
        "name",
        "email",
        "staff_number",
        "extension",
        "role",
        "division",
        "office",
        "time_zone",
        "capacity",
        "channel_capacity",
        "is_active",
    }
)


@transaction.atomic
def change_person(
    *,
    person: User,
    by: User,
    teams: Collection[Team] | None = None,
    skills: Collection[Skill] | None = None,
    at: dt.datetime | None = None,
    **changes: Any,
) -> User:
    """Write `changes` (of EDITABLE), the teams and the skills of one person. Nothing is written when nothing differs.

    Raises PermissionDenied, RoleNotYours, TeamNotYours, LastAdministrator, NotYourself.
    """
    at = at or timezone.now()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    require(by, "staff.manage", person)
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"change_person cannot write {sorted(unknown)}")
    changed = {field: value for field, value in changes.items() if getattr(person, field) != value}
    _check(person, by, changed)
    moved = _change_teams(person, by, teams) if teams is not None else {}
    moved |= _change_skills(person, skills) if skills is not None else {}
    if changed or moved:
        _write(person, by, changed)
        record("staff.changed", subject=person, by=by, at=at, fields=sorted(changed), **moved, **_role(person, changed))
    if changed.get("is_active") is False:
        _close_account(person, by, at)
    return person


def _check(person: User, by: User, changed: dict[str, Any]) -> None:
    if "role" in changed:
        check_role(by, changed["role"])
    leaves_post = changed.get("is_active") is False or "role" in changed
    if leaves_post and person.role == Role.ADMINISTRATOR:
        _keep_an_administrator(person)
    if changed.get("is_active") is False and person.pk == by.pk:
        raise NotYourself


def _keep_an_administrator(person: User) -> None:
    """All administrators are locked, so that two who leave at the same time wait for each other."""
    others = User.objects.working().filter(role=Role.ADMINISTRATOR).order_by("pk").select_for_update(of=("self",))
    if {other.pk for other in others} <= {person.pk}:
        raise LastAdministrator


def _change_teams(person: User, by: User, teams: Collection[Team]) -> dict[str, Any]:
    wanted, present = {team.pk for team in teams}, person.team_ids
    if wanted == present:
        return {}
    check_teams(by, wanted, present)
    person.teams.set(teams)
    del person.team_ids
    if person.team_id and person.team_id not in wanted:
        person.team = None
    return {"teams_before": sorted(present), "teams_after": sorted(wanted)}


def _change_skills(person: User, skills: Collection[Skill]) -> dict[str, Any]:
    wanted, present = {skill.pk for skill in skills}, {skill.pk for skill in person.skills.all()}
    if wanted == present:
        return {}
    person.skills.set(skills)
    return {"skills_before": sorted(present), "skills_after": sorted(wanted)}


def _write(person: User, by: User, changed: dict[str, Any]) -> None:
    for field, value in changed.items():
        setattr(person, field, value)
    with pghistory.context(by=by.pk):
        person.save(update_fields=[*changed, "team"])


def _role(person: User, changed: dict[str, Any]) -> dict[str, Any]:
    return {"role": person.role} if "role" in changed else {}


def _close_account(person: User, by: User, at: dt.datetime) -> None:
    """Their sessions end by themselves: the back end knows active people only. Cases hear of it by the event."""
    Invitation.objects.waiting().filter(invited_by=person).update(withdrawn_at=at)
    record("staff.deactivated", subject=person, by=by, at=at)


@transaction.atomic
def release_lock(*, person: User, by: User, at: dt.datetime | None = None) -> bool:
    """Let a locked-out person try again at once; False when nothing was locked or counted."""
    require(by, "staff.manage", person)
    released = bool(locks.release(person))
    if released:
        record("staff.lock_released", subject=person, by=by, at=at)
    return released


@transaction.atomic
def end_sessions(*, person: User, by: User, at: dt.datetime | None = None) -> None:
    """Sign the person out everywhere. Everybody may do that to themselves."""
    if person.pk != by.pk:
        require(by, "staff.manage", person)
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])
    record("staff.sessions_ended", subject=person, by=by, at=at)


@transaction.atomic
def remove_second_step(*, person: User, by: User, at: dt.datetime | None = None) -> None:
    """Forget the person's authenticator and recovery codes (a lost phone); their sessions end."""
    if person.pk != by.pk:
        require(by, "staff.manage", person)
    for device in devices_for_user(person, confirmed=None):
        device.delete()
    record("staff.second_step_removed", subject=person, by=by, at=at)
    end_sessions(person=person, by=by, at=at)
