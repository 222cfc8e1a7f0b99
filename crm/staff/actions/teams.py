"""What supervisors decide about teams and skills. Both keep their own history, which names who changed what."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import pghistory
from django.db import transaction

from crm.events.actions import record
from crm.staff.access import may, require
from crm.staff.actions.people import change_person
from crm.staff.errors import TeamNotYours
from crm.staff.models import Role, Skill, Team, User

TEAM_FIELDS = frozenset(
    {
        "name", "channels", "office", "position", "hands_out", "takes_retention", "wrap_up_minutes", "gone_minutes",
        "idle_minutes", "take_back_minutes", "take_back_percent",
    }
)  # fmt: skip


@transaction.atomic
def keep_team(
    *, team: Team, by: User, members: Collection[User] | None = None, at: dt.datetime | None = None, **changes: Any
) -> Team:
    """Write a team and who of those `by` answers for is in it. A new one is an administrator's to make.

    Raises PermissionDenied, TeamNotYours.
    """
    require(by, "skill.edit")
    is_new = team.pk is None
    if by.role != Role.ADMINISTRATOR and (is_new or team.pk not in by.team_ids):
        raise TeamNotYours
    if unknown := changes.keys() - TEAM_FIELDS:
        raise TypeError(f"keep_team cannot write {sorted(unknown)}")
    kept = team if is_new else Team.objects.select_for_update().get(pk=team.pk)
    changed = sorted(name for name, value in changes.items() if getattr(kept, name) != value)
    for name in changed:
        setattr(kept, name, changes[name])
    if is_new or changed:
        with pghistory.context(by=by.pk):
            kept.save()
        record("team.added" if is_new else "team.changed", subject=kept, by=by, at=at, fields=changed)
    if members is not None:
        _set_members(kept, by, {person.pk for person in members}, at)
    return kept


def _set_members(team: Team, by: User, wanted: set[int], at: dt.datetime | None) -> None:
    for person in changeable_members(by):
        teams = {one.pk: one for one in person.teams.all()}
        if (team.pk in teams) == (person.pk in wanted):
            continue
        if person.pk in wanted:
            teams[team.pk] = team
        else:
            del teams[team.pk]
        change_person(person=person, by=by, teams=list(teams.values()), at=at)


def changeable_members(by: User) -> list[User]:
    """Those whose teams `by` decides: an administrator everybody's, a supervisor their own agents'."""
    people = User.objects.working().visible_to(by).filter(role__in=(Role.AGENT, Role.SUPERVISOR))
    return [person for person in people.prefetch_related("teams").order_by("name") if may(by, "staff.manage", person)]


@transaction.atomic
def keep_skill(*, skill: Skill, by: User, at: dt.datetime | None = None) -> Skill:
    """Write a new or changed skill."""
    require(by, "skill.edit")
    is_new = skill.pk is None
    with pghistory.context(by=by.pk):
        skill.save()
    record("skill.added" if is_new else "skill.changed", subject=skill, by=by, at=at)
    return skill
