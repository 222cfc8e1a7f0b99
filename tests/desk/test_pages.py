"""Every page of the desk: who may open it, and that its cost does not grow with what it shows."""

import pytest
from django.urls import reverse

from crm.cases import actions
from crm.cases.models import Case
from crm.events.models import Event
from crm.staff.models import Role
from tests.desk.conftest import HTMX, text_of
from tests.people import a_case, a_customer, a_division, a_member


def queries_of(client, path, **headers):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, headers=headers).status_code == 200
    return len(captured)


def test_the_desk_costs_few_queries(as_user, sari, case):
    assert queries_of(as_user(sari), "/desk/?queue=all") <= 26


def test_a_clicked_case_costs_few_queries(as_user, sari, case):
    """Two of them for files: of the conversation, and about to be sent; one for who follows, one for promises."""
    assert queries_of(as_user(sari), f"/cases/{case.number}/", **HTMX) <= 17


def test_a_long_conversation_costs_no_more_than_a_short_one(as_user, sari, case):
    client, path = as_user(sari), f"/cases/{case.number}/"
    actions.add_note(case=case, text="one", by=sari)
    short = queries_of(client, path, **HTMX)
    for number in range(20):
        actions.add_note(case=case, text=f"note {number}", by=sari)
        actions.add_interaction(case=case, direction="in", channel="call", text="?", by=sari)
    assert queries_of(client, path, **HTMX) == short


def test_a_stranger_is_sent_to_the_log_in_page(client, case):
    for path in ("/", "/desk/", f"/cases/{case.number}/", "/breaches/", "/settings/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.url.startswith("/login/")


def test_another_teams_case_opens_to_read_and_the_look_is_recorded(as_user, joko, case):
    page = as_user(joko).get(f"/cases/{case.number}/")
    assert "To read only" in page.content.decode()
    assert Event.objects.get(kind="case.looked").actor_id == joko.pk
    assert "composer" not in page.context or page.context["composer"] is None


def test_ones_own_case_is_no_look(as_user, sari, case):
    as_user(sari).get(f"/cases/{case.number}/")
    assert not Event.objects.filter(kind="case.looked").exists()


def test_a_division_sees_what_is_escalated_to_it_and_nothing_else(as_user, sari, case):
    network = a_division()
    client = as_user(a_member("Togar", Role.DIVISION, division=network))
    assert client.get(f"/cases/{case.number}/").status_code == 404
    actions.escalate_case(case=case, party="division", division=network, by=sari, reason="Sektor 3")
    assert client.get(f"/cases/{case.number}/").status_code == 200


@pytest.mark.parametrize(
    ("slug", "data"),
    [
        ("assign", {}),
        ("escalate", {"party": "supervisor", "reason": "x"}),
        ("settle", {"outcome": "solved"}),
        ("wait", {"waiting_for": "customer"}),
        ("cancel", {"reason": "x"}),
        ("edit", {"kind": "question", "priority": "high"}),
        ("merge", {"number": "1"}),
        ("policy", {"policy": "1"}),
    ],
)
def test_a_colleague_of_another_team_changes_nothing(as_user, joko, case, slug, data):
    before = Case.objects.values().get(pk=case.pk)
    answer = as_user(joko).post(reverse("desk:act", args=[case.number, slug]), data)
    assert answer.status_code == 404
    assert Case.objects.values().get(pk=case.pk) == before


@pytest.mark.parametrize(
    "path",
    [
        "/breaches/",
        "/escalations/",
        "/settings/",
        "/settings/policies/",
        "/breaches/export.csv",
        "/escalations/export.csv",
    ],
)
def test_an_agent_has_no_supervisors_pages(as_user, sari, path):
    assert as_user(sari).get(path).status_code == 403


def test_an_administrator_reads_cases_and_acts_on_none(as_user, case):
    client = as_user(a_member("Yosef", Role.ADMINISTRATOR))
    assert client.get(f"/cases/{case.number}/").status_code == 200
    assert client.post(reverse("desk:act", args=[case.number, "cancel"]), {"reason": "x"}).status_code == 403
    assert client.post(reverse("desk:answer", args=[case.number]), {"way": "note", "text": "x"}).status_code == 403
    assert not case.notes.exists()


def test_the_list_of_escalations_exports_what_it_shows(as_user, ratna, sari, case):
    actions.escalate_case(case=case, party="supervisor", by=sari, reason="Sudah tiga kali")
    client = as_user(ratna)
    assert "Sudah tiga kali" in client.get("/escalations/").content.decode()
    assert "Sudah tiga kali" in text_of(client.get("/escalations/export.csv"))
    assert client.get("/escalations/export.doc").status_code == 404


def test_the_case_list_exports_what_is_filtered_and_no_formula(as_user, ratna, case, team):
    case.customer.name = "=HYPERLINK(1)"
    case.customer.save()
    a_case(team=team, kind="question")
    text = text_of(as_user(ratna).get("/desk/cases.csv?queue=all&kind=complaint"))
    assert len(text.splitlines()) == 2
    assert "'=HYPERLINK(1)" in text


def test_other_people_in_the_same_thread_are_named_beside_the_links(desk, mention, team):
    said = {"team": team, "channel": "x", "account": "sapa_care", "is_public": True, "conversation": "100"}
    beside = a_case(customer=a_customer("Budi Santoso"), external_id="101", **said)
    a_case(customer=a_customer("Joko"), external_id="102", **(said | {"conversation": "200"}))
    page = desk.get(reverse("desk:links", args=[mention.number]), headers=HTMX).content.decode()
    assert "Budi Santoso" in page
    assert reverse("desk:case", args=[Case.objects.get(pk=beside.pk).number]) in page
    assert "Joko" not in page
