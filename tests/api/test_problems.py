"""Problems from outside: read, and a case hung on one by the member of staff who says so."""

import pytest
from django.db import transaction
from django.utils import timezone

from crm.api.v1 import shapes
from crm.cases import actions
from crm.cases.models import Case, Problem, ProblemCase
from tests.api.people import CASES, wrong_fields
from tests.api.test_schema import assert_shaped
from tests.connections import somebody_else, until_somebody_waits

pytestmark = pytest.mark.django_db
PROBLEMS = "/api/v1/problems"


@pytest.fixture
def problem(agent) -> Problem:
    return actions.open_problem(title="Slow data Dago", place="Dago", by=agent)


def hang(caller, url, number, **headers):
    return caller.post(f"{url}/problem", {"staff_number": "104417", "problem": number}, **headers)


def test_the_problems_are_listed_and_read(caller, problem, agent):
    actions.solve_problem(problem=actions.open_problem(title="Old", by=agent), solution="Gone", by=agent)
    listed = caller.get(PROBLEMS).json()["items"]
    assert [one["title"] for one in listed] == ["Old", "Slow data Dago"]
    assert_shaped(listed[0], shapes.OneCauseShape())
    assert [one["title"] for one in caller.get(f"{PROBLEMS}?state=open").json()["items"]] == ["Slow data Dago"]
    assert [one["title"] for one in caller.get(f"{PROBLEMS}?place=dago").json()["items"]] == ["Slow data Dago"]
    assert caller.get(f"{PROBLEMS}/{problem.number}").json()["cases"] == 0


def test_a_page_of_problems_goes_on_where_the_last_ended(caller, problem, agent):
    actions.open_problem(title="Newer", by=agent)
    first = caller.get(f"{PROBLEMS}?limit=1").json()
    assert [one["title"] for one in first["items"]] == ["Newer"]
    assert [one["title"] for one in caller.get(first["next"]).json()["items"]] == ["Slow data Dago"]


def test_a_proposal_is_not_shown(caller):
    now = timezone.now()
    proposal = Problem.objects.create(state="proposed", since=now, opened_at=now)
    proposal.refresh_from_db()
    assert caller.get(PROBLEMS).json()["items"] == []
    assert caller.get(f"{PROBLEMS}/{proposal.number}").status_code == 404


def test_a_misspelt_filter_is_refused(caller):
    assert caller.get(f"{PROBLEMS}?stat=open").status_code == 400


def test_a_case_is_hung_and_taken_off(caller, url, problem):
    assert hang(caller, url, problem.number).status_code == 200
    assert ProblemCase.objects.get().problem == problem
    assert hang(caller, url, None).status_code == 200
    assert not ProblemCase.objects.exists()


def test_a_problem_that_is_not_open_is_named_as_wrong(caller, url, problem, agent):
    actions.solve_problem(problem=problem, solution="", by=agent)
    assert wrong_fields(hang(caller, url, problem.number)) == {"problem": "does_not_exist"}
    assert not ProblemCase.objects.exists()


def test_a_case_that_hangs_elsewhere_is_a_conflict(caller, url, problem, agent):
    other = actions.open_problem(title="Another", by=agent)
    hang(caller, url, other.number)
    answer = hang(caller, url, problem.number)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sapa:problem:hangs_elsewhere")
    assert ProblemCase.objects.get().problem == other


def test_an_older_version_hangs_nothing(caller, url, problem):
    assert hang(caller, url, problem.number, If_Match='"99"').status_code == 412
    assert not ProblemCase.objects.exists()


def test_the_place_of_a_case_is_said_and_changed(caller, url):
    opened = caller.post(
        CASES, {"customer": {"msisdn": "081234567890"}, "channel": "call", "text": "Mati", "place": "Dago"}
    )
    assert opened.json()["place"] == "Dago"
    assert caller.patch(url, {"place": "Cibiru"}, If_Match="*").json()["place"] == "Cibiru"


@pytest.mark.django_db(transaction=True)
def test_hanging_waits_for_the_problem_before_it_holds_the_case(url, problem, agent, case):
    with somebody_else() as does:
        with transaction.atomic():
            Problem.objects.select_for_update().get(pk=problem.pk)
            hung = does(actions.hang_case, problem=problem, case=case, by=agent, version=case.version)
            until_somebody_waits()
            Case.objects.select_for_update(nowait=True).get(pk=case.pk)
        hung.result(20)
    assert ProblemCase.objects.get().case == case
