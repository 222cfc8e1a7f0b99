"""Stage 19: a settled complaint is scored by somebody else, and supervisors read the means of their people."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from caring.held import describe, erase
from caring.models import Attempt, Score, Stage, Task
from caring.refusals import NotTaken, TaskGone, WorkRefused
from caring.scoring import questions_now, report, score_case
from caring.working import note_outcome, take_task
from crm.cases.models import Case
from crm.customers.holdings import Person
from crm.staff.models import Role
from tests.people import a_case, a_member, a_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
KEYS = ("response", "courtesy", "cause", "solution", "privacy", "record")


@pytest.fixture
def team(db: None):
    return a_team()


@pytest.fixture
def sari(team):
    return a_member("Sari Wulandari", teams=(team,))


@pytest.fixture
def mega(db: None):
    return a_member("Mega Lestari", Role.QUALITY)


def to_score(agent) -> Task:
    case, at = a_case(), timezone.now()
    Case.objects.filter(pk=case.pk).update(assignee=agent)
    return Task.objects.create(
        stage_id=19, version=Stage.objects.get(pk=19).version, customer=case.customer, occasion=f"score:{case.pk}",
        facts={"case": case.pk}, channel="form", occurred_at=at, next_at=at, due_at=at + dt.timedelta(days=5),
    )  # fmt: skip


def marks(*values: int) -> dict[str, int]:
    return dict(zip(KEYS, values, strict=True))


def scored(task: Task, by, *values: int, comment: str = "") -> Score:
    assert take_task(task=task, by=by).may
    return score_case(task=task, marks=marks(*values), by=by, comment=comment)


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="crm.staff.backends.StaffBackend")
    return client


def test_a_score_is_kept_and_the_task_is_done(sari, mega):
    task = to_score(sari)
    score = scored(task, mega, 4, 3, 2, 1, 0, 4, comment="Salamnya hangat.")
    task.refresh_from_db()
    assert (task.state, score.agent, score.marks["privacy"]) == ("done", sari, 0)
    with pytest.raises(TaskGone):
        score_case(task=task, marks=marks(4, 4, 4, 4, 4, 4), by=mega)
    assert Attempt.objects.count() == Score.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"response": 4}, marks(5, 4, 4, 4, 4, 4), marks(1, 1, 1, 1, 1, 1) | {"x": 1}])
def test_every_question_gets_a_mark_that_there_is(sari, mega, given):
    task = to_score(sari)
    take_task(task=task, by=mega)
    with pytest.raises(WorkRefused):
        score_case(task=task, marks=given, by=mega)
    assert not Score.objects.exists()
    assert not Attempt.objects.exists()


def test_nobody_scores_a_case_of_their_own_or_a_task_not_taken(sari, mega):
    own, other = to_score(mega), to_score(sari)
    take_task(task=own, by=mega)
    with pytest.raises(WorkRefused):
        score_case(task=own, marks=marks(4, 4, 4, 4, 4, 4), by=mega)
    with pytest.raises(NotTaken):
        score_case(task=other, marks=marks(4, 4, 4, 4, 4, 4), by=mega)
    assert not Score.objects.exists()


def test_a_score_is_no_call(sari, mega):
    task = to_score(sari)
    take_task(task=task, by=mega)
    with pytest.raises(TaskGone):
        note_outcome(task=task, outcome="reached", by=mega)
    assert not Attempt.objects.exists()


def test_the_report_has_the_means_by_question_the_lowest_first(sari, mega):
    dimas = a_member("Dimas")
    scored(to_score(sari), mega, 4, 3, 2, 1, 0, 4)
    scored(to_score(sari), mega, 2, 3, 2, 1, 0, 4)
    scored(to_score(dimas), mega, 1, 1, 1, 1, 1, 1)
    lines = report(mega, questions_now("id"), timezone.now())
    assert [(line.agent, line.count, line.means) for line in lines] == [
        ("Dimas", 1, [1, 1, 1, 1, 1, 1]),
        ("Sari Wulandari", 2, [3, 3, 2, 1, 0, 4]),
    ]


def test_supervisors_see_their_own_people_and_agents_nobody(sari, mega, team):
    scored(to_score(sari), mega, 4, 4, 4, 4, 4, 4)
    hers, others = a_member("Ratna", Role.SUPERVISOR, teams=(team, a_team())), a_member("Hendro", Role.SUPERVISOR)
    assert [line.count for line in report(hers, questions_now("id"), timezone.now())] == [1]
    assert report(others, questions_now("id"), timezone.now()) == []
    assert browser_of(sari).get("/caring/scores/").status_code == 403
    assert "Sari Wulandari" in browser_of(hers).get("/caring/scores/").content.decode()


def test_by_the_form_the_next_opens_and_what_is_missing_is_kept_on_it(sari, mega):
    first, second = to_score(sari), to_score(sari)
    client = browser_of(mega)
    assert client.post("/caring/next/").url == f"/caring/work/{first.pk}/"
    given = {f"mark-{key}": "3" for key in KEYS}
    answer = client.post(f"/caring/work/{first.pk}/score/", {"mark-response": "2", "comment": "Hangat."})
    assert answer.status_code == 422
    assert 'name="mark-response" value="2" checked' in answer.content.decode()
    assert ">Hangat.</textarea>" in answer.content.decode()
    assert client.post(f"/caring/work/{first.pk}/score/", given).url == f"/caring/work/{second.pk}/"
    assert browser_of(sari).post(f"/caring/work/{second.pk}/score/", given).status_code == 404
    assert Score.objects.count() == 1


def test_of_an_erased_customer_no_comment_is_left(sari, mega):
    task = to_score(sari)
    scored(task, mega, 4, 4, 4, 4, 4, 4, comment="Rina puas.")
    person = Person(frozenset({task.customer_id}))
    assert "Rina puas." in str(describe(person))
    erase(person)
    assert Score.objects.get().comment == ""
