"""The reports in a browser: who may open them, what they cost, where their numbers lead."""

import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from crm.cases.models import Case
from crm.reports.studies.shelf import STUDIES
from crm.staff.models import Role, User
from tests.people import a_member
from tests.reports.conftest import an_answered_case, before
from tests.reports.test_studies import a_promise, busy, network, settled

__all__ = ["busy", "network"]
PATHS = [f"/reports/{slug}/" for slug in STUDIES]
WAYS = ("day", "week", "hour", "channel", "team", "division", "category", "kind", "tier", "agent", "priority", "tag")


@pytest.mark.parametrize("path", ["/reports/", *PATHS, "/reports/volumes/list/", "/reports/volumes/table.csv"])
@pytest.mark.parametrize("role", [Role.AGENT, Role.DIVISION])
def test_an_agent_and_a_division_are_refused(client: Client, team, role: str, path: str) -> None:
    client.force_login(a_member(role=role, teams=(team,)))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("slug", STUDIES)
def test_every_link_of_a_report_opens_a_list_as_long_as_its_number(
    pages: Client, busy: dict[str, Case], slug: str
) -> None:
    page = unescape(pages.get(f"/reports/{slug}/", {"period": "quarter", "compare": "1"}).content.decode())
    links = re.findall(rf'href="(/reports/{slug}/list/[^"]*)"[^>]*>(\d+)<', page)
    assert len(links) >= 5
    for url, number in links:
        assert pages.get(url).context["count"] == int(number), url


@pytest.mark.parametrize("slug", STUDIES)
def test_a_report_can_be_parted_by_anything(pages: Client, busy: dict[str, Case], slug: str) -> None:
    for by in WAYS:
        page = pages.get(f"/reports/{slug}/", {"period": "quarter", "by": by})
        assert page.status_code == 200
        assert page.context["rows"], by


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_or_malformed_question_never_breaks_the_page(pages: Client, path: str) -> None:
    for query in ({}, {"period": "choose"}, {"since": "kemarin"}, {"team": "9"}, {"by": "moon"}):
        page = pages.get(path, query)
        assert page.status_code == 200
        assert "Nothing in this time" in page.content.decode(), query


@pytest.mark.parametrize("query", ["figure=nothing", "order=up", "in=planet:9", "in=pair:x", "in=hour:x", "after=x,y"])
def test_a_list_that_no_link_asks_for_is_not_found(pages: Client, query: str) -> None:
    assert pages.get(f"/reports/volumes/list/?{query}").status_code == 404


def test_a_report_that_does_not_exist_is_not_found(pages: Client) -> None:
    assert pages.get("/reports/horoscope/").status_code == 404


@pytest.mark.parametrize("path", ["/reports/", *PATHS, "/reports/volumes/list/"])
def test_the_number_of_queries_does_not_grow_with_the_cases(
    pages: Client, sari: User, path: str, django_assert_max_num_queries
) -> None:
    for hour in range(1, 9):
        a_promise(settled(sari, opened=before(hours=hour * 5)), sari, due=before(hours=1))
    with django_assert_max_num_queries(68 if path == "/reports/" else 36):
        assert pages.get(path, {"period": "week", "compare": "1"}).status_code == 200


def test_what_takes_too_long_is_said_with_a_way_out(pages: Client, sari: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement itself is stopped by the database, and the page still stands."""
    an_answered_case(sari, opened=before(hours=1), after=3)
    slow_down(monkeypatch)
    page = pages.get("/reports/volumes/")
    assert page.status_code == 200
    assert "takes too long to count" in page.content.decode()
    assert "/reports/volumes/table.csv" in page.content.decode()


def slow_down(monkeypatch: pytest.MonkeyPatch) -> None:
    from crm.lib import patience

    real = patience.fetch
    slow = lambda sql, parameters, *, seconds=None: real("SELECT pg_sleep(5)", {}, seconds=0.05)  # noqa: E731
    monkeypatch.setattr("crm.reports.studies.counting.fetch", slow)


def test_the_period_before_stands_beside_the_figures(pages: Client, sari: User) -> None:
    an_answered_case(sari, opened=before(days=1), after=4)
    an_answered_case(sari, opened=before(days=9), after=4)
    an_answered_case(sari, opened=before(days=9), after=4)
    page = pages.get("/reports/volumes/", {"period": "week", "compare": "1"})
    opened = page.context["tiles"][0]
    assert (opened["figure"].value, opened["before"].value, opened["delta"]) == (1, 2, -1)
    assert page.context["chart"]["series"][-1]["dashed"]


def test_an_archive_has_volumes_of_its_own(pages: Client, quality: User, client: Client, tmp_path) -> None:
    from tests.reports.test_figures import replay_some

    replay_some(tmp_path)
    client.force_login(quality)
    page = client.get("/reports/volumes/", {"archive": "x:Sapa"})
    assert page.context["total"]["opened"].value > 0
    assert client.get(page.context["total"]["opened"].url).context["count"] == page.context["total"]["opened"].value


def test_the_index_has_a_card_for_each_report(pages: Client, busy: dict[str, Case], settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "index"}}
    page = pages.get("/reports/").content.decode()
    assert all(f"/reports/{slug}/?" in page for slug in STUDIES)


def test_a_table_as_a_file_has_the_pages_numbers(pages: Client, busy: dict[str, Case]) -> None:
    query = {"period": "quarter", "by": "channel"}
    shown = pages.get("/reports/volumes/", query).context["rows"]
    file = pages.get("/reports/volumes/table.csv", query).getvalue().decode("utf-8-sig")
    rows = [line.split(",")[:3] for line in file.splitlines() if line.startswith("Channel,")]
    assert rows == [["Channel", row.name, row.figures[0].text] for row in shown]


def test_a_list_as_a_file_holds_its_things_and_runs_no_formula(pages: Client, sari: User) -> None:
    from tests.people import a_customer

    case = an_answered_case(sari, opened=before(hours=1), after=3, customer=a_customer("=HYPERLINK(0)"))
    file = pages.get("/reports/volumes/list.csv", {"period": "week", "figure": "opened"}).getvalue().decode()
    assert str(case.number) in file
    assert "'=HYPERLINK" in file
