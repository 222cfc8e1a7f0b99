"""The report in a browser: who may open it, what it costs, where its figures lead."""

import re
from html import unescape

import pytest
from django.test import Client

from crm.cases.models import Case, Verification
from crm.staff.models import Role, User
from tests.people import a_case, a_member, a_team
from tests.reports.conftest import an_answered_case, before

Week = dict[str, Case]
REPORT, CASES = "/reports/sla/", "/reports/sla/cases/"


def test_a_supervisor_sees_the_figures_of_their_own_teams(pages: Client, week: Week) -> None:
    a_case(before(hours=2), team=a_team("Retention"))
    total = pages.get(REPORT, {"period": "week"}).context["total"]
    assert total.figures["cases"] == 6


def test_service_quality_sees_all_teams(client: Client, quality: User, week: Week) -> None:
    a_case(before(hours=2), team=a_team("Retention"))
    client.force_login(quality)
    assert client.get(REPORT, {"period": "week"}).context["total"].figures["cases"] == 7


@pytest.mark.parametrize("path", [REPORT, CASES, "/reports/sla/table.csv", "/reports/sla/cases.csv"])
@pytest.mark.parametrize("role", [Role.AGENT, Role.DIVISION])
def test_an_agent_and_a_division_are_refused(client: Client, team, role: str, path: str) -> None:
    client.force_login(a_member(role=role, teams=(team,)))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", [REPORT, CASES, "/reports/sla/table.csv", "/reports/sla/cases.csv"])
def test_a_stranger_is_sent_to_sign_in(client: Client, db: None, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/login/")


def test_every_link_of_the_report_opens_a_list_as_long_as_its_figure(pages: Client, week: Week) -> None:
    page = unescape(pages.get(REPORT, {"period": "week"}).content.decode())
    links = re.findall(r'href="(/reports/sla/cases/[^"]*)"[^>]*>(?:<span[^>]*>[^<]*</span> <b[^>]*>)?(\d+)<', page)
    assert len(links) > 40
    for url, number in links:
        assert pages.get(url).context["count"] == int(number), url


def test_the_list_shows_what_it_counts(pages: Client, week: Week) -> None:
    shown = pages.get(CASES, {"period": "week", "figure": "due_missed"})
    assert {row["case"].pk for row in shown.context["rows"]} == {week["late"].pk, week["overdue"].pk}
    assert shown.context["count"] == 2


@pytest.mark.parametrize(
    "query", ["figure=nothing", "order=sideways", "in=planet:9", "in=weekday:x", "after=x,y", "after=1,"]
)
def test_a_list_that_no_link_asks_for_is_not_found(pages: Client, query: str) -> None:
    assert pages.get(f"{CASES}?{query}").status_code == 404


def test_a_period_the_wrong_way_round_is_said_and_the_month_shown(pages: Client, week: Week) -> None:
    page = pages.get(REPORT, {"period": "choose", "since": "2026-11-20", "until": "2026-11-01"})
    assert page.status_code == 200
    assert page.context["form"].errors["until"]


@pytest.mark.parametrize(
    "query", [{"period": "choose"}, {"since": "kemarin"}, {"archive": "x:Nobody"}, {"team": "999999"}]
)
def test_a_malformed_question_never_breaks_the_page(pages: Client, query: dict[str, str]) -> None:
    page = pages.get(REPORT, query)
    assert page.status_code == 200
    assert page.context["form"].errors


def test_the_period_before_stands_beside_the_figures(pages: Client, sari: User) -> None:
    an_answered_case(sari, opened=before(days=1), after=4)
    an_answered_case(sari, opened=before(days=9), after=20)
    page = pages.get(REPORT, {"period": "week", "compare": "1"})
    assert page.context["before"].figures["late"] == 1
    assert page.context["delta_reply"] == 100


def test_an_empty_report_says_so(pages: Client) -> None:
    assert "No cases in this time" in pages.get(REPORT).content.decode()


def test_the_nightly_proof_stands_at_the_foot(pages: Client) -> None:
    Verification.objects.create(at=before(hours=3), clocks=40, differing=2)
    assert pages.get(REPORT).context["verification"].differing == 2


@pytest.mark.parametrize("path", [REPORT, CASES])
def test_the_number_of_queries_does_not_grow_with_the_cases(
    pages: Client, sari: User, path: str, django_assert_max_num_queries
) -> None:
    for hour in range(1, 13):
        an_answered_case(sari, opened=before(hours=hour), after=hour)
    with django_assert_max_num_queries(28):
        assert pages.get(path, {"period": "week", "compare": "1"}).status_code == 200


def test_a_table_as_a_file_has_the_pages_figures(pages: Client, week: Week) -> None:
    file = pages.get("/reports/sla/table.csv", {"period": "week", "table": "channel"}).getvalue().decode("utf-8-sig")
    rows = [line.split(",")[:3] for line in file.splitlines()[1:]]
    assert rows == [["Call", "4", "2"], ["E-mail", "2", "2"]]


def test_all_tables_come_as_one_workbook(pages: Client, week: Week) -> None:
    response = pages.get("/reports/sla/table.xlsx", {"period": "week"})
    assert response.getvalue()[:2] == b"PK"


@pytest.mark.parametrize(
    "path", ["/reports/sla/table.pdf", "/reports/sla/table.csv?table=moon", "/reports/sla/cases.exe"]
)
def test_no_other_files_are_to_be_had(pages: Client, path: str) -> None:
    assert pages.get(path).status_code == 404


def test_a_list_as_a_file_holds_its_cases_and_runs_no_formula(pages: Client, sari: User) -> None:
    case = an_answered_case(sari, opened=before(hours=1), after=3, channel="x", account="=cmd|x")
    file = pages.get("/reports/sla/cases.csv", {"period": "week", "figure": "answered"}).getvalue().decode()
    assert str(case.number) in file
    assert "'=cmd|x" in file
    assert ",=cmd" not in file
