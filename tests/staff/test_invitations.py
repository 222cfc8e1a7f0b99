import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.staff import actions, tasks
from crm.staff.errors import AddressTaken, InvitationOver, RoleNotYours, TeamNotYours
from crm.staff.models import Invitation, Role, User
from tests.people import a_division, a_team
from tests.staff.conftest import a_person, link_in_mail, log_in, signed_in

NEW = "dewi.lestari@sapa.example"
WHO = {"name": "Dewi Lestari", "password": "bulan di atas Merapi", "again": "bulan di atas Merapi"}


def invited(by: User, team: object = None, **fields: object) -> str:
    """An invitation is sent; the path of its link."""
    teams = [team] if team else []
    invitation = actions.invite_person(**{"email": NEW, "role": Role.AGENT, "by": by, "teams": teams} | fields)
    tasks.send_invitation(invitation.pk)
    return link_in_mail()


def test_an_agent_invited_by_their_supervisor_is_here_in_the_supervisors_team(client, supervisor, team):
    signed_in(supervisor).post("/staff/people/invite/", {"email": NEW, "role": "agent", "teams": [team.pk]})
    link = link_in_mail()
    assert client.get(link).status_code == 200
    assert client.post(link, WHO)["Location"] == "/login/"
    dewi = User.objects.get(email=NEW)
    assert (dewi.name, dewi.role, dewi.username, list(dewi.teams.all())) == (
        "Dewi Lestari", Role.AGENT, "dewi.lestari", [team],
    )  # fmt: skip
    assert log_in(client, dewi, WHO["password"]).status_code == 302


def test_an_invitation_works_once(client, supervisor, team):
    link = invited(supervisor, team)
    client.post(link, WHO)
    again = client.post(link, WHO | {"name": "Orang Lain"})
    assert again.status_code == 410
    assert User.objects.filter(email=NEW).get().name == "Dewi Lestari"


def test_an_invitation_runs_out(client, supervisor, team):
    link = invited(supervisor, team, at=timezone.now() - dt.timedelta(hours=71))
    assert client.get(link).status_code == 200
    Invitation.objects.update(expires_at=timezone.now())
    assert client.post(link, WHO).status_code == 410
    assert not User.objects.filter(email=NEW).exists()


def test_a_withdrawn_invitation_is_over(client, supervisor, team):
    link = invited(supervisor, team)
    signed_in(supervisor).post(f"/staff/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert client.get(link).status_code == 410


def test_sending_again_makes_the_earlier_link_useless(client, supervisor, team):
    first = invited(supervisor, team)
    mail.outbox.clear()
    signed_in(supervisor).post(f"/staff/invitations/{Invitation.objects.get().pk}/send/")
    assert client.get(first).status_code == 410
    assert client.get(link_in_mail()).status_code == 200


def test_inviting_again_replaces_the_earlier_invitation(client, supervisor, team):
    first = invited(supervisor, team)
    actions.invite_person(email=NEW.upper(), role=Role.AGENT, by=supervisor, teams=[team])
    assert client.get(first).status_code == 410
    assert Invitation.objects.waiting().count() == 1


def test_the_database_keeps_one_waiting_invitation_for_an_address(supervisor, team):
    invited(supervisor, team)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            email=NEW.upper(), language="id", invited_by=supervisor, at=now, expires_at=now + dt.timedelta(1)
        )


def test_the_link_itself_is_kept_nowhere(supervisor, team):
    token = invited(supervisor, team).strip("/").split("/")[-1]
    assert token not in str(Invitation.objects.values().get())


def test_the_invitations_of_a_closed_account_stop(client, supervisor, administrator, team):
    link = invited(supervisor, team)
    actions.change_person(person=supervisor, by=administrator, is_active=False)
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("role", [Role.QUALITY, Role.SUPERVISOR, Role.DIVISION, Role.ADMINISTRATOR])
def test_a_supervisor_cannot_invite_a_wider_sight(supervisor, team, role):
    with pytest.raises(RoleNotYours):
        actions.invite_person(email=NEW, role=role, by=supervisor, teams=[team])
    assert not Invitation.objects.exists()


def test_a_supervisor_invites_into_their_own_teams_alone(supervisor):
    for teams in ([], [a_team("Call centre")]):
        with pytest.raises(TeamNotYours):
            actions.invite_person(email=NEW, role=Role.AGENT, by=supervisor, teams=teams)
    assert not Invitation.objects.exists()


def test_an_administrator_invites_anybody(client, administrator):
    network = a_division()
    client.post(invited(administrator, role=Role.DIVISION, division=network), WHO)
    dewi = User.objects.get(email=NEW)
    assert (dewi.role, dewi.division) == (Role.DIVISION, network)


def test_an_agent_invites_nobody(sari, team):
    with pytest.raises(PermissionDenied):
        actions.invite_person(email=NEW, role=Role.AGENT, by=sari, teams=[team])
    assert signed_in(sari).get("/staff/people/invite/").status_code == 403


def test_somebody_who_is_here_is_not_invited(supervisor, team, sari):
    with pytest.raises(AddressTaken):
        actions.invite_person(email=sari.email.upper(), role=Role.AGENT, by=supervisor, teams=[team])
    page = signed_in(supervisor).post(
        "/staff/people/invite/", {"email": sari.email, "role": "agent", "teams": [team.pk]}
    )
    assert "email" in page.context["form"].errors
    assert not Invitation.objects.exists()


def test_somebody_who_came_by_another_way_meanwhile_is_not_made_twice(client, supervisor, team):
    link = invited(supervisor, team)
    a_person("Dewi", email=NEW)
    assert client.post(link, WHO).status_code == 200
    assert User.objects.filter(email=NEW).count() == 1
    assert Invitation.objects.get().accepted_at is None


def test_two_people_of_one_name_get_two_user_names(client, administrator):
    a_person("Dewi", username="dewi.lestari")
    client.post(invited(administrator), WHO)
    assert User.objects.get(email=NEW).username == "dewi.lestari2"


@pytest.mark.parametrize("wrong", [{"again": "lain"}, {"password": "pendek", "again": "pendek"}, {"name": ""}])
def test_a_bad_password_makes_no_account_and_keeps_the_invitation(client, supervisor, team, wrong):
    link = invited(supervisor, team)
    assert client.post(link, WHO | wrong).status_code == 200
    assert not User.objects.filter(email=NEW).exists()
    assert client.get(link).status_code == 200


def test_a_made_up_link_opens_nothing(client, db):
    assert client.get("/invitation/abc/").status_code == 410
    with pytest.raises(InvitationOver):
        actions.accept_invitation(token="abc", name="X", password="x")
