"""The wallboard: what falls due, what waits, who carries it, how today went; drawn once for all in the same rooms."""

import datetime as dt
import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.cases.actions import answer_case
from crm.cases.models import Breach, Case, Problem, ProblemCase
from crm.cases.sweep import Swept, sweep
from crm.desk.tense import Now
from crm.desk.views import wallboard
from crm.desk.views.wallboard import _key
from crm.desk.wallboard import Board, Share, flow
from crm.staff.models import Role, Team, User
from tests.desk.breaches import late
from tests.people import a_case, a_customer, a_member, a_team

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_drawn() -> None:
    cache.clear()


def ago(minutes: float) -> dt.datetime:
    return timezone.now() - minutes * MINUTE


def board(user: User, team: Team | None = None) -> Board:
    return Board(user, team, Now.read())


def test_what_is_due_late_and_unassigned_is_counted(ratna: User, sari: User, team: Team) -> None:
    a_case(ago(2), team=team)
    a_case(ago(20), team=team, assignee=sari)
    answered = a_case(ago(5), team=team, assignee=sari)
    answer_case(case=answered, text="Halo", by=sari)
    figures = board(ratna).figures()
    assert (figures["open"], figures["soon"], figures["soon_replies"], figures["late"]) == (3, 1, 1, 1)
    assert figures["unassigned"] == 1


def test_other_teams_are_not_on_it(ratna: User, joko: User) -> None:
    a_case(ago(2), team=joko.team)
    assert board(ratna).figures()["open"] == 0
    assert board(a_member("Bagas", Role.QUALITY)).figures()["open"] == 1


def test_one_team_alone(ratna: User, team: Team) -> None:
    other = a_team("GraPARI")
    ratna.teams.add(other)
    a_case(ago(2), team=team)
    a_case(ago(2), team=other)
    assert board(User.objects.get(pk=ratna.pk), other).figures()["open"] == 1


def today(user: User) -> tuple[int, int]:
    shown = board(user)
    shown.midnight = ago(600)
    quarters = shown.quarters()
    return sum(met for _q, met, _m in quarters), sum(missed for _q, _m, missed in quarters)


def test_first_replies_of_today_are_judged(ratna: User, sari: User, team: Team) -> None:
    in_time = a_case(ago(10), team=team, assignee=sari)
    answer_case(case=in_time, text="Halo", by=sari)
    a_case(ago(30), team=team)
    while sweep() != Swept():
        pass
    assert today(ratna) == (1, 1)


def test_who_is_here_stands_by_load(ratna: User, sari: User, team: Team) -> None:
    User.objects.update(presence="available")
    a_member("Dewi Lestari", teams=(team,), presence="away")
    a_case(ago(2), team=team, assignee=sari)
    agents, here = board(ratna).agents()
    assert [(agent.user, agent.load) for agent in agents] == [(sari, 1), (ratna, 0)]
    assert here == 2


def test_a_channel_shows_its_nearest_reply(ratna: User, team: Team) -> None:
    late, soon = a_case(ago(20), team=team), a_case(ago(1), team=team)
    (calls,) = board(ratna).channels()
    assert (calls.open, calls.due_at, calls.tense) == (2, late.due_at, "late")
    assert late.due_at < soon.due_at  # type: ignore[operator]


def test_the_problem_with_most_cases_is_named(ratna: User, case: Case) -> None:
    small = Problem.objects.create(title="Kecil", since=ago(60), opened_at=ago(60))
    large = Problem.objects.create(title="Sinyal Dago", since=ago(60), opened_at=ago(60))
    ProblemCase.objects.create(problem=large, case=case, at=timezone.now())
    assert board(ratna).problem() == large
    assert small.pk != large.pk


def test_no_reply_yet_is_no_failure() -> None:
    assert Share(0, 0).reaches_goal
    assert not Share(9, 10).reaches_goal


def test_quiet_quarters_stand_in_the_chart() -> None:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    assert [one["values"] for one in flow([(28, 3, 0), (30, 1, 2)], midnight)["series"]] == [[3, 0, 1], [0, 0, 2]]


def test_the_page_costs_the_same_for_one_case_and_for_many(as_user: Any, ratna: User, team: Team) -> None:
    client, path = as_user(ratna), reverse("desk:wallboard-board")

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    a_case(ago(2), team=team)
    few = queries()
    for _each in range(12):
        a_case(ago(3), team=team, customer=a_customer("Tono"))
    assert queries() == few <= 14


def test_many_screens_draw_it_once(as_user: Any, ratna: User, team: Team, django_assert_max_num_queries: Any) -> None:
    client, path = as_user(ratna), reverse("desk:wallboard-board")
    first = client.get(path).content
    with django_assert_max_num_queries(4):  # session, person, teams
        assert client.get(path).content == first


def test_while_one_draws_the_others_see_the_last_one(as_user: Any, ratna: User, team: Team) -> None:
    client, path = as_user(ratna), reverse("desk:wallboard-board")
    first = client.get(path).content
    key = _key(SimpleNamespace(user=ratna), None)  # type: ignore[arg-type]
    cache.delete(f"{key}:fresh")
    cache.add(f"{key}:drawing", True)
    a_case(ago(2), team=team)
    assert client.get(path).content == first


def test_an_administrators_own_teams_are_part_of_what_is_shared(team: Team) -> None:
    with_team, without = (SimpleNamespace(user=a_member(f"Admin {n}", Role.ADMINISTRATOR, teams=t)) for n, t in
                          ((1, (team,)), (2, ())))  # fmt: skip
    assert _key(with_team, None) != _key(without, None)  # type: ignore[arg-type]


def test_the_first_board_is_waited_for_and_not_drawn_twice(
    as_user: Any, ratna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _key(SimpleNamespace(user=ratna), None)  # type: ignore[arg-type]
    cache.add(f"{key}:drawing", True)
    monkeypatch.setattr(wallboard.time, "sleep", lambda _seconds: cache.set(f"{key}:last", "<p>drawn</p>"))
    assert as_user(ratna).get(reverse("desk:wallboard-board")).content == b"<p>drawn</p>"


def test_whoever_waits_too_long_draws_it_themselves(as_user: Any, ratna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.add(f"{_key(SimpleNamespace(user=ratna), None)}:drawing", True)  # type: ignore[arg-type]
    monkeypatch.setattr(wallboard, "PATIENCE", 0)
    assert as_user(ratna).get(reverse("desk:wallboard-board")).status_code == 200


def test_agents_do_not_see_the_room(as_user: Any, sari: User) -> None:
    client = as_user(sari)
    assert client.get(reverse("desk:wallboard")).status_code == 403
    assert client.get(reverse("desk:wallboard-board")).status_code == 403


def test_a_team_that_is_not_mine_is_not_found(as_user: Any, ratna: User, joko: User) -> None:
    assert as_user(ratna).get(reverse("desk:wallboard"), {"team": joko.team.pk}).status_code == 404


def test_it_is_dark_by_itself_and_light_when_asked(as_user: Any, ratna: User) -> None:
    client = as_user(ratna)
    assert 'data-bs-theme="dark"' in client.get(reverse("desk:wallboard")).content.decode()
    assert 'data-bs-theme="light"' in client.get(reverse("desk:wallboard"), {"theme": "light"}).content.decode()


def a_full_day(team: Team, sari: User) -> None:
    """One due soon, one snoozed, one within the hour, one late, one breached today and answered; a problem."""
    a_case(ago(2), team=team)
    a_case(ago(3), team=team, assignee=sari)
    within_the_hour = a_case(ago(1), team=team, assignee=sari)
    Case.objects.filter(pk=within_the_hour.pk).update(due_at=timezone.now() + 40 * MINUTE)
    snoozed = Case.objects.filter(pk=a_case(ago(1), team=team).pk)
    snoozed.update(due_at=timezone.now() + 30 * MINUTE, snoozed_until=timezone.now() + 5 * MINUTE, snoozed_by=sari)
    breached = late(a_case(ago(5), team=team, assignee=sari), sari)
    Breach.objects.update(due_at=timezone.now())
    problem = Problem.objects.create(title="Sinyal Dago", since=ago(60), opened_at=ago(60))
    ProblemCase.objects.create(problem=problem, case=breached.case, at=timezone.now())


FIGURES = {
    "Due in 15 min": 2,
    "Due in 60 min": 4,
    "Unassigned": 2,
    "Breached today": 1,
    "All 5": 5,
    "Call ": 5,
    "Sari Wulandari": 3,
    "Sinyal Dago": 1,
}


@pytest.mark.parametrize("narrowed", [False, True])
@pytest.mark.parametrize("words", FIGURES)
def test_a_figure_opens_what_it_counts(as_user: Any, ratna: User, sari: User, words: str, narrowed: bool) -> None:
    User.objects.update(presence="available")
    team: Any = ratna.team
    a_full_day(team, sari)
    if narrowed:
        other = a_team("GraPARI")
        ratna.teams.add(other)
        a_case(ago(2), team=other)
    client = as_user(User.objects.get(pk=ratna.pk))
    page = client.get(reverse("desk:wallboard-board"), {"team": team.pk} if narrowed else {}).content.decode()
    url, said = next(link for link in links_of(page) if words in link[1] and "/cases/" not in link[0])
    assert str(FIGURES[words]) in said or words == "Sari Wulandari", said
    shown = client.get(url).context
    assert int(shown.get("matching") or len(shown["rows"])) == FIGURES[words]


def links_of(page: str) -> list[tuple[str, str]]:
    """(address, text) of each link."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [(unescape(url), re.sub(r"<[^>]+>", " ", inside)) for url, inside in found]


def test_first_replies_open_the_report_of_today(as_user: Any, ratna: User, team: Team) -> None:
    client = as_user(ratna)
    page = client.get(reverse("desk:wallboard-board"), {"team": team.pk}).content.decode()
    (url,) = [url for url, said in links_of(page) if "First replies in time today" in said]
    assert url == f"{reverse('reports:sla')}?period=today&team={team.pk}"
    assert client.get(url).status_code == 200


def test_a_teams_screen_names_the_problem_of_its_own_cases(ratna: User, team: Team, case: Case) -> None:
    small = Problem.objects.create(title="Kecil", since=ago(60), opened_at=ago(60))
    large = Problem.objects.create(title="Besar", since=ago(60), opened_at=ago(60))
    ProblemCase.objects.create(problem=small, case=case, at=timezone.now())
    for _each in range(2):
        ProblemCase.objects.create(problem=large, case=a_case(team=a_team("GraPARI")), at=timezone.now())
    assert board(ratna).problem() == large
    found = board(ratna, team).problem()
    assert found == small
    assert found.cases == 1  # type: ignore[union-attr]
