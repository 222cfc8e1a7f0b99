import pytest

from crm.staff.models import Role, Team
from tests.people import a_team
from tests.staff.conftest import a_person, log_in, signed_in
from tests.staff.test_second_step import protected


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.SUPERVISOR, Role.DIVISION])
def test_only_administrators_open_the_administration(db, role):
    client = signed_in(a_person("Orang Lain", role))
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_stranger_signs_in_by_the_one_log_in_page(client, db):
    page = client.get("/admin/staff/team/", follow=True)
    assert page.redirect_chain[-1] == ("/login/?next=/admin/staff/team/", 302)


@pytest.mark.parametrize(
    "path", ["", "staff/team/", "staff/division/", "staff/office/", "staff/user/", "staff/team/add/"]
)
def test_an_administrator_opens_it(administrator, path):
    a_team()
    assert signed_in(administrator).get(f"/admin/{path}").status_code == 200


def test_an_administrator_with_a_second_step_needs_it_here_too(administrator, client):
    protected(administrator)
    assert signed_in(administrator).get("/admin/", follow=True).status_code == 403
    assert log_in(client, administrator)["Location"] == "/login/second-step/"


def test_the_looser_policy_is_the_administrations_alone(administrator):
    client = signed_in(administrator)
    inside, outside = (client.get(path)["Content-Security-Policy"] for path in ("/admin/", "/staff/people/"))
    assert "unsafe-eval" in inside
    assert "unsafe" not in outside


def test_a_team_made_here_says_in_its_history_who_made_it(administrator):
    data = {"code": "retention", "name": "Retention", "channels": "call,email", "position": 3, "office": ""}
    data |= {"wrap_up_minutes": 3, "gone_minutes": 5, "idle_minutes": 20}
    data |= {"take_back_minutes": 5, "take_back_percent": 50}
    signed_in(administrator).post("/admin/staff/team/add/", data)
    team = Team.objects.get(code="retention")
    assert team.channels == ["call", "email"]
    assert team.events.get().pgh_context.metadata == {"by": administrator.pk}


def test_people_are_looked_up_here_and_changed_on_their_own_page(administrator, sari):
    client = signed_in(administrator)
    assert client.get(f"/admin/staff/user/{sari.pk}/change/").status_code == 200
    assert client.post(f"/admin/staff/user/{sari.pk}/change/", {"name": "X"}).status_code == 403
    assert client.get("/admin/staff/user/add/").status_code == 403
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
