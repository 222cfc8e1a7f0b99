"""Settings of people's work: teams, skills, roles, and what somebody can hold."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from crm.staff.access import TABLE
from crm.staff.models import Role, Skill, Team, User
from crm.staff.permission_words import WORDS
from tests.people import a_member, a_team

TIMES = {"wrap_up_minutes": 3, "gone_minutes": 5, "idle_minutes": 20, "take_back_minutes": 5, "take_back_percent": 50}


def team_form(**changes) -> dict:
    return {"name": "Meja Digital", "position": 0, "office": "", "channels": ["x", "call"], **TIMES} | changes


def save_team(client, team: Team, **changes):
    return client.post(reverse("desk:team-settings", args=[team.pk]), team_form(**changes))


def test_a_supervisor_decides_how_their_team_hands_out_and_who_is_in_it(as_user, ratna, sari, team):
    night = a_team("Night desk")
    ratna.teams.add(night)
    response = save_team(as_user(ratna), night, hands_out="on", take_back_percent=40, members=[sari.pk])
    assert response.status_code == 302
    night.refresh_from_db()
    assert (night.hands_out, night.take_back_percent, set(night.channels)) == (True, 40, {"call", "x"})
    assert set(night.members.all()) == {sari, ratna}
    assert User.objects.get(pk=sari.pk).team_ids == {team.pk, night.pk}


def test_nobody_is_left_without_a_team_by_their_supervisor(as_user, ratna, sari, team):
    assert save_team(as_user(ratna), team, name="Meja Malam", members=[]).status_code == 422
    team.refresh_from_db()
    assert (team.name, User.objects.get(pk=sari.pk).team_ids) == ("Social desk", {team.pk})


def test_another_teams_settings_are_not_theirs(as_user, ratna):
    other = a_team("Call centre")
    assert save_team(as_user(ratna), other, hands_out="on").status_code == 404
    assert as_user(ratna).post(reverse("desk:teams"), team_form(code="new")).status_code in (200, 302)
    assert not Team.objects.filter(hands_out=True).exists()
    assert not Team.objects.filter(code="new").exists()


@pytest.mark.parametrize("wrong", [{"take_back_percent": 101}, {"idle_minutes": 601}, {"channels": ["pigeon"]}])
def test_what_cannot_be_is_refused_and_changes_nothing(as_user, ratna, team, wrong):
    before = Team.objects.values().get(pk=team.pk)
    assert save_team(as_user(ratna), team, **wrong).status_code == 422
    assert Team.objects.values().get(pk=team.pk) == before


def test_the_history_of_a_team_says_who_changed_it(as_user, ratna, team):
    save_team(as_user(ratna), team, name="Meja Malam")
    assert team.events.order_by("-pgh_id").first().pgh_context.metadata["by"] == ratna.pk


def test_an_administrator_makes_a_team_and_a_skill(as_user):
    client = as_user(a_member("Yosef Kurniawan", Role.ADMINISTRATOR))
    assert client.post(reverse("desk:teams"), team_form(code="night")).status_code == 302
    skill = {"code": "bills", "name": "Tagihan", "name_en": "Bills", "position": 1}
    assert client.post(reverse("desk:skills"), skill).status_code == 302
    assert Team.objects.filter(code="night").exists()
    assert Skill.objects.get().name == "Tagihan"


def test_an_agent_sets_nothing(as_user, sari, team):
    client = as_user(sari)
    for name in ("desk:teams", "desk:skills", "desk:roles"):
        assert client.get(reverse(name)).status_code == 403
    assert save_team(client, team, hands_out="on").status_code == 403
    assert not Team.objects.filter(hands_out=True).exists()


def test_what_somebody_knows_and_can_hold_is_said_on_their_page(as_user, ratna, sari, team):
    skill = Skill.objects.create(code="bills", name="Tagihan", name_en="Bills")
    data = {
        "name": sari.name, "email": sari.email, "role": "agent", "teams": [team.pk], "time_zone": sari.time_zone,
        "capacity": 12, "channel_capacity-call": "4", "channel_capacity-x": "", "skills": [skill.pk], "is_active": "on",
    }  # fmt: skip
    url = reverse("staff:person", args=[sari.pk])
    assert as_user(ratna).post(url, data | {"channel_capacity-call": "many"}).status_code == 200
    assert User.objects.get(pk=sari.pk).capacity == 25
    assert as_user(ratna).post(url, data).status_code == 302
    found = User.objects.get(pk=sari.pk)
    assert (found.capacity, found.channel_capacity, list(found.skills.all())) == (12, {"call": 4}, [skill])


def test_the_page_of_roles_says_what_the_document_says(as_user, ratna):
    assert WORDS.keys() == TABLE.keys()
    document = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()
    rows = re.findall(r"^\| `([a-z._]+)` \|.*\| ([^|]+) \|$", document, re.M)
    assert {action: str(words) for action, words in WORDS.items()} == dict(rows)
    assert "hand it to a colleague" in as_user(ratna).get(reverse("desk:roles")).content.decode()
