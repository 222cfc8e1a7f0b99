"""The agent's pages: the list, one task beside it, and what can be said of the call."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from caring.leaving.lines import Known
from caring.leaving.reading import AtRisk
from caring.models import Attempt, Task
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.events.models import Event
from crm.staff.models import Role
from tests.caring.people import a_task
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_member, a_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme", "all_day")]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def sari(programme: None):
    return a_member("Sari Wulandari", time_zone="Asia/Jakarta")


@pytest.fixture
def as_user():
    """`as_user(sari)` is Sari's browser."""

    def sign_in(user) -> Client:
        browser = Client()
        browser.force_login(user, backend="crm.staff.backends.StaffBackend")
        return browser

    return sign_in


def path(task: Task, act: str = "") -> str:
    return f"/caring/work/{task.pk}/{act}"


def listed(client, query: str = "") -> list[int]:
    return [row.task.pk for row in client.get(f"/caring/{query}").context["rows"]]


def taken(client, task: Task) -> Task:
    client.post(path(task, "take/"))
    task.refresh_from_db()
    return task


def test_the_list_begins_with_the_most_urgent_then_the_dearer(as_user, sari):
    cheap, dear, late = a_task(), a_task(), a_task(13)
    Task.objects.filter(pk__in=[cheap.pk, dear.pk]).update(due_at=timezone.now() + DAY)
    Task.objects.filter(pk=dear.pk).update(value=900_000)
    Task.objects.filter(pk=late.pk).update(occurred_at=timezone.now() - DAY, due_at=timezone.now() - HOUR)
    client = as_user(sari)
    assert listed(client) == [late.pk, dear.pk, cheap.pk]
    assert listed(client, "?overdue=1") == listed(client, "?stage=13") == [late.pk]
    assert listed(client, "?scope=complaint") == [dear.pk, cheap.pk]
    figures = client.get("/caring/").context["figures"]
    assert (figures.todo, figures.late, figures.by_scope) == (3, 1, {"churn": 1, "complaint": 2})


def test_mine_are_those_i_took_and_a_colleagues_are_the_supervisors_to_see(as_user, sari):
    mine, free = a_task(), a_task()
    client = as_user(sari)
    taken(client, mine)
    assert listed(client, "?mine=1") == [mine.pk]
    assert listed(as_user(a_member("Dimas"))) == [free.pk]
    assert sorted(listed(as_user(a_member(role=Role.SUPERVISOR)))) == [mine.pk, free.pk]


def test_pages_follow_each_other_without_gaps(as_user, sari, monkeypatch):
    monkeypatch.setattr("caring.worklist.PAGE", 2)
    tasks = [a_task() for _ in range(5)]
    Task.objects.update(due_at=timezone.now() + DAY)
    client, seen, query = as_user(sari), [], ""
    while True:
        context = client.get(f"/caring/?{query}").context
        seen += [row.task.pk for row in context["rows"]]
        query = context["following"]
        if not query:
            break
    assert seen == [task.pk for task in tasks]


def test_the_task_says_what_to_know_and_what_to_say(as_user, sari):
    task = a_task()
    Customer.objects.filter(pk=task.customer_id).update(honorific="Ibu", tier="gold")
    case = a_case(customer=task.customer, kind="question")
    client = as_user(a_member("Mega", Role.QUALITY)), as_user(sari)
    assert client[0].get(path(task)).status_code == 404
    page = client[1].get(path(task)).content.decode()
    assert "Ibu Rina Maharani" in page
    assert f"#{case.number}" not in page  # of another team: not theirs to read
    assert task.subscription.msisdn not in page
    assert "{" not in page.split('class="script"')[1].split("</ol>")[0]
    assert Event.objects.filter(kind="customer.looked", facts__page="caring").count() == 1


def test_the_number_is_shown_in_the_clear_to_who_took_the_task(as_user, sari):
    task, client = a_task(), as_user(sari)
    taken(client, task)
    assert f"tel:{task.subscription.msisdn}" in client.get(path(task)).content.decode()


def test_the_script_is_read_in_the_other_language(as_user, sari):
    page = as_user(sari).get(path(a_task()) + "?lang=en").content.decode()
    assert '<ol class="script" lang="en"><li>Hello' in page


def test_after_the_outcome_the_next_task_opens(as_user, sari):
    first, second = a_task(), a_task()
    client = as_user(sari)
    assert client.post("/caring/next/").url == path(first)
    answer = client.post(path(first, "outcome/"), {"outcome": "reached", "note": "Baik."}, follow=True)
    assert answer.redirect_chain[-1][0] == path(second)
    assert "Tercatat." in answer.content.decode()
    first.refresh_from_db()
    assert (first.state, Attempt.objects.get().note) == ("done", "Baik.")
    last = client.post(path(second, "outcome/"), {"outcome": "no_answer"}, follow=True)
    assert last.redirect_chain[-1][0] == "/caring/"


def test_a_call_back_is_said_in_the_agents_own_time(as_user, sari):
    task, client = a_task(), as_user(sari)
    taken(client, task)
    day = timezone.localdate() + 2 * DAY
    client.post(path(task, "outcome/"), {"outcome": "call_back", "when": f"{day}T10:30"})
    task.refresh_from_db()
    assert f"{task.next_at:%Y-%m-%d %H:%M}" == f"{day} 03:30"


def test_what_is_missing_is_said_and_nothing_is_noted(as_user, sari):
    task, client = a_task(), as_user(sari)
    taken(client, task)
    answer = client.post(path(task, "outcome/"), {"outcome": "needs_case", "note": "Sinyal."})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert ">Sinyal.</textarea>" in answer.content.decode()
    assert not Attempt.objects.exists()
    assert not Case.objects.exists()


def test_a_case_is_opened_in_place(as_user, sari):
    task, client = a_task(), as_user(sari)
    taken(client, task)
    client.post(path(task, "outcome/"), {"outcome": "needs_case", "words": "Sinyal hilang.", "kind": "problem"})
    assert (Case.objects.get().kind, Case.objects.get().assignee) == ("problem", sari)


def test_what_was_put_off_says_why(as_user, sari):
    task, client = a_task(), as_user(sari)
    a_case(customer=task.customer)
    answer = client.post(path(task, "take/"), follow=True)
    assert "Ada keluhan yang masih terbuka" in answer.content.decode() or "keluhan" in answer.content.decode()
    task.refresh_from_db()
    assert (task.state, task.assignee) == ("waiting", None)


def test_a_supervisor_gives_back_for_who_has_gone_and_others_may_not(as_user, sari):
    task, client = a_task(), as_user(sari)
    taken(client, task)
    assert as_user(a_member("Dimas")).post(path(task, "back/")).status_code == 403
    as_user(a_member("Ratna", Role.SUPERVISOR)).post(path(task, "back/"))
    task.refresh_from_db()
    assert task.assignee is None


@pytest.mark.parametrize("role", [Role.DIVISION, Role.ADMINISTRATOR])
def test_who_does_not_work_on_tasks_finds_no_worklist(as_user, role):
    task, client = a_task(), as_user(a_member(role=role))
    answers = [client.get("/caring/"), client.get(path(task)), client.post("/caring/next/"),
               client.post(path(task, "take/"))]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}
    task.refresh_from_db()
    assert task.assignee is None


def test_a_team_takes_retention_by_its_page(as_user):
    team = a_team("Retensi")
    client = as_user(a_member("Ratna", Role.SUPERVISOR, teams=(team,)))
    page = client.get(f"/settings/teams/{team.pk}/")
    initial = page.context["form"].initial
    fields = {name: value for name, value in initial.items() if value not in (None, "", []) and value is not False}
    client.post(f"/settings/teams/{team.pk}/", fields | {"takes_retention": "on"})
    team.refresh_from_db()
    assert team.takes_retention


def test_the_worklist_costs_few_queries_however_long_it_is(as_user, sari):
    for _ in range(3):
        a_task()
    client = as_user(sari)
    few = queries_of(client, "/caring/")
    for _ in range(12):
        a_task()
    assert queries_of(client, "/caring/") == few <= 20


@pytest.mark.parametrize(("picked", "said"), [(True, True), (False, False)])
def test_a_task_says_in_words_why_its_line_may_leave(as_user, sari, monkeypatch, picked, said):
    found = AtRisk(Known(1, "", None, {}), 0.8, picked, ["usage_fell"])
    monkeypatch.setattr("caring.sheet.risk_of", lambda _line: found)
    sari.language = "en"
    sari.save()
    page = as_user(sari).get(path(a_task())).content.decode()
    assert ("May leave soon: used less than half as much as the month before" in page) is said
