"""The palette: what it finds, for whom, and what it never tells."""

import json
import logging
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from crm.cases import actions
from crm.cases.models import Case
from crm.customers import search
from crm.customers.models import ContactPoint
from crm.desk.acts import ACTS
from crm.desk.keys import KEYS
from crm.desk.models import View
from crm.events.models import Event
from crm.staff.models import Role
from tests.desk.test_pages import queries_of
from tests.knowledge.conftest import published
from tests.people import a_case, a_customer, a_division, a_line, a_member

RINA = "Rina Maharani"


def found(client, q, **more):
    answer = client.post("/find/", {"q": q, **more}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return {group.slug: [option.title for option in group.options] for group in answer.context["groups"]}


def page(client, q, **more):
    return client.post("/find/", {"q": q, **more}, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "typed", ["081200004471", "0812-0000-4471", "+62 812 0000 4471", "62-812-0000 4471", "6281200004471"]
)
def test_a_number_is_found_in_any_form_and_shown_masked(as_user, sari, case, typed):
    assert found(as_user(sari), typed)["customers"] == [RINA]
    shown = page(as_user(sari), typed)
    assert "+62 812-••••-4471" in shown
    assert "0000" not in shown


def test_a_line_of_theirs_finds_them_too(as_user, sari, case):
    a_line(case.customer, "+6281200007305")
    assert found(as_user(sari), "0812 0000 7305")["customers"] == [RINA]


def test_a_number_cannot_be_read_off_digit_by_digit(as_user, sari, case):
    assert "customers" not in found(as_user(sari), "0812000044")
    assert "when it is whole" in page(as_user(sari), "0812000044")


@pytest.mark.parametrize("typed", ["rina", "maharani", "Rina Mahrani", "rina maharni", "maharanni"])
def test_a_name_is_found_in_part_and_with_typing_errors(as_user, sari, case, typed):
    a_case(customer=a_customer("Budi Santoso"), team=case.team)
    assert found(as_user(sari), typed)["customers"] == [RINA]


def test_signs_of_like_are_letters(db):
    a_customer("Rina Maharani")
    assert search.find_by_name("%%%", limit=6) == []
    assert search.find_by_name("___", limit=6) == []


def test_a_handle_and_an_address_find_their_owner(as_user, sari, case):
    ContactPoint.objects.create(customer=case.customer, kind="handle", network="x", value="rinamhrn")
    client = as_user(sari)
    assert found(client, "@rinam")["customers"] == [RINA]
    assert found(client, "rinamhrn")["customers"] == [RINA]
    assert found(client, "rina@example.com")["customers"] == [RINA]
    assert "customers" not in found(client, "rin@example.com")


def test_a_customer_leads_to_their_page_and_to_their_case_for_whoever_opens_no_customers(as_user, sari, case):
    def url(client):
        return client.post("/find/", {"q": "rina"}, headers={"HX-Request": "true"}).context["groups"][0].options[0].url

    assert url(as_user(sari)) == f"/customers/{case.customer_id}/"
    network = a_division()
    actions.escalate_case(case=case, party="division", division=network, by=sari, reason="Sektor 3")
    assert url(as_user(a_member("Togar", Role.DIVISION, division=network))) == f"/cases/{case.number}/"


def test_a_case_is_found_by_number_and_by_words(as_user, sari, case):
    client = as_user(sari)
    title = found(client, f"#{case.number}")["cases"][0]
    assert title.startswith(f"#{case.number} ")
    assert found(client, str(case.number))["cases"] == [title]
    assert found(client, "sinyal pag")["cases"] == [title]
    assert "cases" not in found(client, "sinyal lambat")


def test_another_teams_case_is_found_by_number_said_to_be_recorded_and_recorded_when_opened(as_user, joko, case):
    client = as_user(joko)
    shown = page(client, str(case.number))
    assert "that you look is recorded" in shown
    assert found(client, str(case.number))["cases"] == [f"#{case.number}"]
    assert RINA not in shown
    assert "Sinyal" not in shown
    assert "cases" not in found(client, "sinyal pagi")
    assert not Event.objects.filter(kind="case.looked").exists()
    client.get(f"/cases/{case.number}/")
    assert Event.objects.get(kind="case.looked").actor_id == joko.pk


def test_a_division_finds_what_it_holds_and_nobody_else(as_user, case, sari):
    network = a_division()
    togar = a_member("Togar", Role.DIVISION, division=network)
    client = as_user(togar)
    assert found(client, "rina").get("customers") is None
    assert found(client, str(case.number)).get("cases") is None
    actions.escalate_case(case=case, party="division", division=network, by=sari, reason="Sektor 3")
    assert found(client, "rina")["customers"] == [RINA]


def test_pages_are_those_that_the_role_may_open_in_either_language(as_user, sari, ratna):
    assert "SLA policies" in found(as_user(ratna), "sla pol")["pages"]
    assert "SLA policies" in found(as_user(ratna), "kebijakan")["pages"]
    assert "pages" not in found(as_user(sari), "sla pol")


@pytest.mark.parametrize("typed", ["sla report", "first contact", "causes", "corrective", "by e-mail", "wallboard"])
def test_reports_and_rooms_are_pages_of_those_who_read_them(as_user, sari, ratna, typed):
    assert found(as_user(ratna), typed)["pages"]
    assert "pages" not in found(as_user(sari), typed)


@pytest.mark.parametrize("typed", ["my files", "my actions", "my bulk", "views", "canned"])
def test_pages_of_ones_own_work_are_found(as_user, sari, typed):
    client = as_user(sari)
    options = client.post("/find/", {"q": typed}, headers={"HX-Request": "true"}).context["groups"][-1].options
    assert {client.get(option.url).status_code for option in options} == {200}


def test_the_next_case_is_taken_from_the_palette_by_those_whose_work_is_the_queue(as_user, sari, case):
    group = as_user(sari).post("/find/", {"q": "> next case"}, headers={"HX-Request": "true"}).context["groups"][0]
    assert [(one.how, one.url) for one in group.options] == [("post", "/cases/next/")]
    bagas = a_member("Bagas", Role.QUALITY)
    assert "Take the next case" not in page(as_user(bagas), "> next case")


def test_saved_views_of_mine_and_of_the_team_are_pages(as_user, sari, ratna, joko, team):
    View.objects.create(name="Keluhan Gold", owner=ratna, sharing="team", team=team, query={"queue": "all"})
    View.objects.create(name="Keluhan pribadi", owner=ratna, query={})
    assert found(as_user(sari), "keluhan")["pages"] == ["Keluhan Gold"]
    assert "pages" not in found(as_user(joko), "keluhan")
    View.objects.filter(name="Keluhan Gold").update(deleted_at=timezone.now())
    assert "pages" not in found(as_user(sari), "keluhan")


def test_the_acts_of_the_open_case_come_with_their_keys(as_user, sari, joko, case):
    shown = page(as_user(sari), "", case=case.number)
    assert f"Actions on #{case.number}" in shown
    assert f'data-url="/cases/{case.number}/act/escalate/" data-presses="e"' in shown
    assert f"Actions on #{case.number}" not in page(as_user(joko), "", case=case.number)


def test_what_was_opened_last_comes_first_when_nothing_is_asked(as_user, sari, joko, case, team):
    other = Case.objects.get(pk=a_case(team=team).pk)
    hers = Case.objects.get(pk=a_case(team=joko.team).pk)
    cases = found(as_user(sari), "", recent=f"{other.number},{hers.number},{case.number},x")["cases"]
    assert [title.split()[0] for title in cases] == [f"#{other.number}", f"#{case.number}"]


def test_actions_are_posted_with_what_they_need(as_user, sari):
    options = as_user(sari).post("/find/", {"q": "> busy"}, headers={"HX-Request": "true"}).context["groups"][0].options
    assert [(one.how, one.url, json.loads(one.sent)) for one in options] == [
        ("post", "/presence/", {"presence": "busy"})
    ]


def test_what_was_asked_is_text(as_user, sari, case):
    case.subject = "<b>Sinyal</b> hilang"
    case.save()
    shown = page(as_user(sari), "<b>sinyal")
    assert "<b>" not in shown
    assert "&lt;b&gt;<mark>" in page(as_user(sari), "sinyal")


def test_no_log_holds_what_was_asked(as_user, sari, case, caplog):
    with caplog.at_level(logging.DEBUG):
        page(as_user(sari), "rina maharani")
    assert "maharani" not in " ".join(
        record.getMessage().lower() for record in caplog.records if record.name != "django.db.backends"
    )
    assert as_user(sari).get("/find/?q=rina").status_code == 405


def test_it_costs_the_same_however_many_there_are(as_user, sari, team, case):
    client = as_user(sari)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            page(client, "rina", case=case.number)
        return len(captured)

    asked()
    few = asked()
    for number in range(30):
        a_case(timezone.now(), customer=a_customer(f"Rina {number}", msisdn=f"+62812000050{number:02}"), team=team)
    assert asked() <= few <= 18


def test_every_key_of_the_table_stands_in_the_sheet(as_user, sari):
    sheet = as_user(sari).get("/keys/", headers={"HX-Request": "true"}).content.decode()
    for word in ("Next case", "Internal note", "Find or do anything", "Undo while it is offered"):
        assert word in sheet


def test_the_keys_of_the_docs_are_the_keys_of_the_page():
    table = re.findall(r"^\| `(\S+)` \| (.+) \|$", (settings.BASE_DIR / "docs/desk.md").read_text(), re.MULTILINE)
    with override("en"):
        assert table == [(key.press, str(key.what)) for key in KEYS]


def test_no_key_stands_twice_in_the_table():
    pressed = [key.press for key in KEYS]
    assert sorted(pressed) == sorted(set(pressed))


def test_every_letter_of_a_button_is_in_the_table():
    written = {act.key for act in ACTS.values() if act.key}
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        written |= set(re.findall(r'data-key="([a-zA-Z])"', path.read_text()))
    assert written - {key.press for key in KEYS} == set()


def test_who_switches_single_keys_off_has_them_off_on_every_page(as_user, sari):
    client = as_user(sari)
    assert "data-letter-keys" not in client.get("/desk/").content.decode()
    client.post("/me/", {"time_zone": "Asia/Jakarta", "theme": "auto"})
    assert 'data-letter-keys="off"' in client.get("/desk/").content.decode()
    assert queries_of(client, "/desk/?queue=all") <= 24


@pytest.fixture
def known(sari):
    """An article and a tree, published by somebody else."""
    boss = a_member("Ratna Kusumaningrum", Role.SUPERVISOR)
    published(sari, boss, title="Mengaktifkan roaming", english="Switching roaming on")
    published(sari, boss, title="Kuota habis lebih cepat", english="Quota used up too soon")


@pytest.mark.parametrize("typed", ["kuota habis", "habis kuotanya", "cepaat", "used up"])
def test_an_article_is_found_by_its_words_and_leads_to_its_page(as_user, sari, known, typed):
    assert found(as_user(sari), typed)["knowledge"] == ["Quota used up too soon"]


def test_whoever_reads_no_articles_finds_none(as_user, known):
    nobody = a_member("Nobody", "")
    assert "knowledge" not in found(as_user(nobody), "roaming")


@pytest.mark.parametrize("typed", ["@roaming", "> roaming", "#roaming", "081200004471"])
def test_handles_numbers_actions_and_cases_are_no_articles(as_user, sari, known, case, typed):
    assert "knowledge" not in found(as_user(sari), typed)
