"""On whose cases and on which people: agent, colleague, supervisor, quality, division, administrator, stranger."""

from dataclasses import dataclass

import pytest

from crm.cases.defaults import ensure_policy
from crm.staff.access import ON_A_CASE, Scope, grantable_roles, may, scope
from crm.staff.models import Role
from tests.people import a_case, a_division, a_member, a_team

pytestmark = pytest.mark.django_db


@dataclass
class ACase:
    team_id: int | None = None
    assignee_id: int | None = None
    division_id: int | None = None
    is_with_quality: bool = False


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_a_case_of_my_team_is_mine_to_act_on(role):
    team = a_team()
    me = a_member(role=role, teams=(team,))
    assert may(me, "case.read", ACase(team_id=team.pk))
    assert may(me, "case.answer", ACase(team_id=team.pk))


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_a_case_of_another_team_is_neither_read_nor_answered(role):
    me, elsewhere = a_member(role=role, teams=(a_team(),)), ACase(team_id=a_team().pk)
    assert not may(me, "case.read", elsewhere)
    assert not may(me, "case.answer", elsewhere)


def test_a_case_of_another_team_can_be_looked_at_from_its_customer():
    assert may(a_member(teams=(a_team(),)), "case.look", ACase(team_id=a_team().pk))


def test_a_case_assigned_to_me_is_mine_wherever_it_is():
    me = a_member(teams=(a_team(),))
    assert may(me, "case.settle", ACase(team_id=a_team().pk, assignee_id=me.pk))


def test_an_agent_without_a_team_has_what_is_assigned_to_them():
    me = a_member()
    assert scope(me) == Scope("teams", team_ids=frozenset())
    assert not may(me, "case.read", ACase(team_id=a_team().pk))
    assert may(me, "case.read", ACase(assignee_id=me.pk))


def test_quality_reads_every_case_and_acts_on_those_escalated_to_it():
    me = a_member(role=Role.QUALITY)
    assert may(me, "case.read", ACase(team_id=1))
    assert not may(me, "case.answer", ACase(team_id=1))
    assert may(me, "case.answer", ACase(team_id=1, is_with_quality=True))


def test_a_division_sees_and_notes_what_it_holds_and_never_answers_the_customer():
    division = a_division()
    me, held = a_member(role=Role.DIVISION, division=division), ACase(team_id=1, division_id=division.pk)
    assert all(may(me, action, held) for action in ("case.read", "case.note", "case.accept"))
    assert not may(me, "case.answer", held)
    assert not may(me, "case.read", ACase(team_id=1, division_id=a_division().pk))


def test_division_staff_without_a_division_see_nothing():
    assert scope(a_member(role=Role.DIVISION)) == Scope("none")
    assert not may(a_member(role=Role.DIVISION), "case.read", ACase(division_id=None))


def test_an_administrator_reads_every_case_and_acts_on_none():
    """A second signature under a review changes nothing in the case, and may have to come from above."""
    me = a_member(role=Role.ADMINISTRATOR)
    acts = [action for action in ON_A_CASE - {"breach.sign"} if not action.endswith((".read", ".look"))]
    assert may(me, "case.read", ACase(team_id=1))
    assert acts
    assert not any(may(me, action, ACase(team_id=1, assignee_id=me.pk)) for action in acts)


def test_the_list_of_cases_holds_exactly_what_may_be_read():
    ensure_policy()
    ours, theirs, division = a_team(), a_team(), a_division()
    people = [a_member(role=role, teams=(ours,), division=division) for role in Role]
    cases = [a_case(team=ours), a_case(team=theirs), a_case(team=theirs, assignee=people[0])]
    for person in people:
        listed = set(type(cases[0]).objects.visible_to(person))
        assert listed == {case for case in cases if may(person, "case.read", case)}


def test_a_supervisor_answers_for_the_agents_of_their_own_teams():
    team = a_team()
    me = a_member(role=Role.SUPERVISOR, teams=(team,))
    assert may(me, "staff.manage", a_member(teams=(team,)))
    assert not may(me, "staff.manage", a_member(teams=(a_team(),)))
    assert not may(me, "staff.manage", a_member(role=Role.SUPERVISOR, teams=(team,)))
    assert not may(me, "staff.manage", me)


def test_nobody_hands_out_a_wider_sight_than_their_own():
    assert grantable_roles(a_member(role=Role.ADMINISTRATOR)) == tuple(Role)
    assert grantable_roles(a_member(role=Role.SUPERVISOR)) == (Role.AGENT,)
    assert grantable_roles(a_member(role=Role.AGENT)) == ()


def test_a_closed_account_has_no_scope():
    assert scope(a_member(role=Role.QUALITY, is_active=False)) == Scope("none")
