"""The act "status link" on the desk."""

import pytest

from crm.events.models import Event
from crm.staff.models import Role, User
from crm.web.models import StatusLink
from tests.people import a_case, a_member, a_team


@pytest.fixture
def as_user(client):
    def sign_in(user: User):
        User.objects.filter(pk=user.pk).update(language="en")
        client.force_login(user, backend="crm.staff.backends.StaffBackend")
        return client

    return sign_in


def address(case) -> str:
    return f"/cases/{case.number}/status-link/"


def test_an_agent_copies_renews_and_revokes(as_user, sari, case, link):
    client = as_user(sari)
    assert link.url in client.get(address(case)).content.decode()
    client.post(address(case), {"act": "make"})
    fresh = StatusLink.objects.live().get()
    assert fresh.pk != link.pk
    assert fresh.made_by == sari
    client.post(address(case), {"act": "revoke"})
    assert not StatusLink.objects.live().exists()
    assert "This case has no link." in client.get(address(case)).content.decode()
    kinds = Event.objects.filter(actor_id=sari.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["case.link_made", "case.link_ended"]


def test_a_case_of_any_channel_can_have_one(as_user, sari, team):
    case = a_case(team=team)
    case.refresh_from_db()
    as_user(sari).post(address(case), {"act": "make"})
    assert StatusLink.objects.get().case == case


def test_a_colleague_of_another_team_finds_nothing(as_user, case, link):
    joko = a_member("Joko Prasetyo", teams=(a_team("Call centre"),))
    client = as_user(joko)
    assert client.get(address(case)).status_code == 404
    assert client.post(address(case), {"act": "revoke"}).status_code == 404
    assert StatusLink.objects.live().get() == link


def test_who_may_not_answer_gets_no_link(as_user, case, link):
    client = as_user(a_member("Yosef Kurniawan", Role.ADMINISTRATOR))
    answer = client.get(address(case))
    assert answer.status_code == 403
    assert link.token not in answer.content.decode()


def test_the_menu_of_a_case_leads_there(as_user, sari, case):
    assert address(case) in as_user(sari).get(f"/cases/{case.number}/").content.decode()
