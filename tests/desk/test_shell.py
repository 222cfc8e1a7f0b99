"""What stands around every page: the rail by role, my nearest deadlines, the age of the clock check."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone, translation

from crm.cases import actions
from crm.cases.models import Sweeper
from crm.desk.happenings import WORDS, happenings
from crm.staff.models import Role
from tests.desk.conftest import HTMX
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_customer, a_member

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    Role.AGENT: ["Desk", "Customers", "Caring", "Calls", "Promises", "Problems", "Knowledge"],
    Role.QUALITY: ["Desk", "Customers", "Caring", "Supervisor", "Knowledge", "Segments", "Reports"],
    Role.SUPERVISOR: ["Desk", "Customers", "Caring", "Supervisor", "Knowledge", "Segments", "Reports", "Settings"],
    Role.DIVISION: ["Desk", "Problems", "Knowledge"],
    Role.ADMINISTRATOR: ["Desk", "Customers", "Caring", "Supervisor", "Knowledge", "Segments", "Reports", "Settings"],
}


def shell_of(client):
    return client.get("/notifications/").context


@pytest.mark.parametrize("role", list(Role))
def test_the_rail_holds_what_the_role_may_open(as_user, role):
    client = as_user(a_member(role=role))
    entries = shell_of(client)["rail"]
    assert [entry.name for entry in entries] == ROOMS[role]
    assert {client.get(entry.url, follow=True).status_code for entry in entries} == {200}


def a_case_of(user, minutes, name):
    case = a_case(timezone.now() - dt.timedelta(minutes=minutes), customer=a_customer(name), team=user.team)
    return actions.assign_case(case=case, by=user, assignee=user)


def test_the_strip_shows_my_three_nearest_deadlines(as_user, sari):
    for minutes, name in [(1, "Dewi"), (14, "Yoga"), (16, "Hendra"), (5, "Melati")]:
        a_case_of(sari, minutes, name)
    clocks = shell_of(as_user(sari))["strip_clocks"]
    assert [(clock["who"], clock["tense"]) for clock in clocks] == [
        ("Hendra", "late"),
        ("Yoga", "risk"),
        ("Melati", "ok"),
    ]


def test_the_desk_counts_what_of_mine_is_due(as_user, sari):
    a_case_of(sari, 14, "Yoga")
    a_case_of(sari, 1, "Dewi")
    assert shell_of(as_user(sari))["rail"][0].badge == 1


def test_news_brings_the_strip_and_the_count_up_to_date(as_user, sari):
    client = as_user(sari)
    assert 'id="dot-inbox" hidden' in client.get("/notifications/").content.decode()
    a_case_of(sari, 14, "Yoga")
    fragment = client.get("/desk/strip/", headers=HTMX).content.decode()
    assert "Yoga" in fragment
    assert 'hx-target="#dot-inbox"' in fragment
    assert "1 due" in fragment


def test_a_customer_without_a_name_goes_by_the_handle(as_user, sari):
    case = a_case_of(sari, 1, "")
    case.customer.contact_points.create(kind="handle", network="x", value="tanah_abang77")
    client = as_user(sari)
    assert shell_of(client)["strip_clocks"][0]["who"] == "@tanah_abang77"
    assert "@tanah_abang77" in client.get("/desk/rows/").content.decode()


def test_a_clock_check_that_lags_is_said(as_user, sari):
    client = as_user(sari)
    assert shell_of(client)["sweep_age_seconds"] is None
    Sweeper.objects.create(name="one", swept_at=timezone.now() - dt.timedelta(seconds=130))
    page = client.get("/notifications/").content.decode()
    assert re.search(r'id="sweep-banner" role="status"\s*>', page)
    assert "2 min 10 s" in page


def test_the_shell_costs_the_same_however_much_is_mine(as_user, sari):
    client = as_user(sari)
    a_case_of(sari, 1, "Dewi")
    few = queries_of(client, "/notifications/")
    for number in range(12):
        a_case_of(sari, number, f"Customer {number}")
    assert queries_of(client, "/notifications/") == few


def test_every_event_of_a_case_has_its_words():
    sources = "\n".join(path.read_text() for path in (ROOT / "crm" / "cases").rglob("*.py"))
    kinds = set(
        re.findall(
            r'(?:record|save_and_record|_drop)\(\s*(?:case, |source, |into, )?(?:"[a-z]+", )?"([a-z]+\.[a-z_]+)"',
            sources,
        )
    )
    about_a_case = {kind for kind in kinds if kind.split(".")[0] in {"case", "clock", "answer", "escalation"}}
    assert about_a_case >= {"case.opened", "clock.moved", "case.settled"}
    assert about_a_case - set(WORDS) == set()


def test_history_says_who_did_what(case, sari, ratna):
    actions.assign_case(case=case, by=ratna, assignee=sari)
    actions.escalate_case(case=case, party="quality", by=sari, reason="Sudah tiga kali")
    with translation.override("en"):
        said = [one.said for one in happenings(case)]
    assert said[-2:] == [
        "Ratna Kusumaningrum assigned it to Sari Wulandari",
        "Sari Wulandari escalated it to Service quality",
    ]
