"""Many cases hung on one problem at once, and taken off it again."""

import pytest
from django.db import transaction

from crm.cases import actions
from crm.cases.models import Case, Problem, ProblemCase
from crm.desk.bulk import start_job, undo_job, work
from crm.desk.models import BulkJob
from crm.staff.models import User
from tests.connections import somebody_else, until_somebody_waits
from tests.desk.test_bulking import ask, numbers, post
from tests.people import a_case


@pytest.fixture
def three(team):
    return [Case.objects.get(pk=a_case(team=team).pk) for _ in range(3)]


@pytest.fixture
def problem(ratna) -> Problem:
    return actions.open_problem(title="Slow data Dago", place="Dago", by=ratna)


def hang(by: User, problem: Problem) -> BulkJob:
    User.objects.filter(pk=by.pk).update(language="en")
    job = start_job(by=by, act="problem", params={"problem": problem.pk}, cases=Case.objects.all())
    assert work.run(job.pk)
    return BulkJob.objects.get(pk=job.pk)


def undo(job: BulkJob) -> None:
    undo_job(job=job, by=job.by)
    assert work.run(job.pk)


def rows(job: BulkJob) -> list[tuple[str, str]]:
    return list(job.rows.order_by("pk").values_list("state", "said"))


def test_the_dialog_offers_open_problems_and_takes_any_by_its_number(desk, ratna, problem, three):
    solved = actions.open_problem(title="Bills of October", by=ratna)
    actions.solve_problem(problem=solved, solution="", by=ratna)
    shown = ask(desk, "problem", queue="all", numbers=numbers(three)).content.decode()
    assert f"P-{problem.number} Slow data Dago · Dago" in shown
    assert "Bills of October" not in shown
    for said in ({"problem": str(problem.number)}, {"number": f"p-{problem.number}", "key": "2"}):
        post(desk, "problem", numbers=numbers(three), **said)
        assert BulkJob.objects.latest("pk").params == {"problem": problem.pk}


@pytest.mark.parametrize("said", ["", "999999", "x", "9" * 19])
def test_no_open_problem_no_job(desk, three, problem, said):
    assert post(desk, "problem", numbers=numbers(three), number=said).status_code == 422
    assert not BulkJob.objects.exists()


def test_all_hang_on_it_and_the_undo_takes_off_only_what_this_job_hung(three, sari, problem):
    actions.hang_case(problem=problem, case=three[0], by=sari)
    job = hang(sari, problem)
    assert [state for state, _said in rows(job)] == ["skipped", "done", "done"]
    assert problem.hanging.count() == 3
    undo(job)
    assert list(problem.hanging.values_list("case", flat=True)) == [three[0].pk]


def test_what_hangs_elsewhere_stays_there_and_says_so(three, sari, ratna, problem):
    other = actions.open_problem(title="Bills of October", by=ratna, cases=[three[0]])
    job = hang(sari, problem)
    assert rows(job)[0][0] == "skipped"
    assert f"P-{other.number}" in rows(job)[0][1]
    assert ProblemCase.objects.get(case=three[0]).problem == other


def test_what_a_colleague_hung_on_another_since_is_not_taken_off_there(three, sari, ratna, problem):
    job = hang(sari, problem)
    actions.take_off(case=three[0], by=ratna)
    other = actions.open_problem(title="Bills of October", by=ratna, cases=[three[0]])
    undo(job)
    assert rows(job)[0] == ("kept", "Somebody changed it meanwhile.")
    assert list(ProblemCase.objects.values_list("case", "problem")) == [(three[0].pk, other.pk)]


def test_a_problem_solved_before_their_turn_takes_none(three, sari, ratna, problem):
    job = start_job(by=sari, act="problem", params={"problem": problem.pk}, cases=Case.objects.all())
    actions.solve_problem(problem=problem, solution="", by=ratna)
    work.run(job.pk)
    assert {state for state, _said in rows(job)} == {"skipped"}
    assert not ProblemCase.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_somebody_else_changes_the_problem_the_worker_holds_no_case(three, sari, problem):
    """It waits for the problem before it locks a case, as everybody does: neither waits for the other."""
    job = start_job(by=sari, act="problem", params={"problem": problem.pk}, cases=Case.objects.all())

    with somebody_else() as does:
        with transaction.atomic():
            actions.edit_problem(problem=problem, by=sari, place="Coblong")
            later = does(work.run, job.pk)
            until_somebody_waits()
            Case.objects.select_for_update(nowait=True).get(pk=three[0].pk)
            actions.hang_case(problem=problem, case=three[0], by=sari)
        assert later.result(timeout=60)
    assert [state for state, _said in rows(job)] == ["skipped", "done", "done"]
