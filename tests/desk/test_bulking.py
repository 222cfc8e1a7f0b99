"""From the list to a job: ticked cases, or everything the search finds."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.bulk import work
from crm.desk.bulk.acts import LISTED
from crm.desk.forms.bulk import FORMS
from crm.desk.models import BulkJob
from crm.staff.models import Role, User
from tests.desk.conftest import HTMX
from tests.people import a_case, a_division, a_member


@pytest.fixture
def three(team):
    return [Case.objects.get(pk=a_case(team=team).pk) for _ in range(3)]


def ask(client, slug, **asked):
    return client.get(reverse("desk:bulk", args=[slug]), asked, headers=HTMX)


def post(client, slug, **data):
    return client.post(reverse("desk:bulk", args=[slug]), {"key": "1"} | data, headers=HTMX)


def numbers(cases) -> str:
    return ",".join(str(case.number) for case in cases)


def in_job() -> set[int]:
    return set(BulkJob.objects.get().rows.values_list("case_id", flat=True))


def test_every_act_has_its_form():
    assert set(LISTED) == FORMS.keys()


def test_the_ticked_ones_and_no_others(desk, three):
    assert "2 cases" in ask(desk, "tag", queue="all", numbers=numbers(three[:2])).content.decode()
    post(desk, "tag", numbers=numbers(three[:2]), add="haji", **{"in-queue": "all"})
    assert in_job() == {case.pk for case in three[:2]}


def test_all_that_match_are_those_the_search_finds_when_it_is_pressed(desk, three, team, sari):
    for case in three[:2]:
        actions.edit_case(case=case, by=sari, priority="urgent")
    page = ask(desk, "tag", queue="all", priority="urgent", all="1").content.decode()
    assert "2 cases" in page
    assert 'name="in-priority" value="urgent"' in page
    later = a_case(team=team, priority="urgent")
    post(desk, "tag", all="1", add="haji", **{"in-queue": "all", "in-priority": "urgent"})
    assert in_job() == {three[0].pk, three[1].pk, later.pk}
    assert BulkJob.objects.get().query == {"queue": "all", "priority": "urgent", "all": "1"}


def test_cases_out_of_sight_are_not_taken(desk, three, joko):
    foreign = Case.objects.get(pk=a_case(team=joko.team).pk)
    post(desk, "tag", numbers=numbers([three[0], foreign]), add="haji")
    assert in_job() == {three[0].pk}


def test_a_wrong_form_keeps_what_was_chosen(desk, three):
    answer = post(desk, "tag", numbers=numbers(three), **{"in-queue": "all"})
    assert answer.status_code == 422
    assert "Name at least one tag." in answer.content.decode()
    assert f'value="{numbers(three)}"' in answer.content.decode()
    assert not BulkJob.objects.exists()


def test_nothing_chosen_is_said(desk, case):
    assert "No case is chosen any more." in post(desk, "tag", numbers="", add="haji").content.decode()
    assert not BulkJob.objects.exists()


def test_pressed_twice_is_one_job(desk, three):
    for _ in range(2):
        post(desk, "tag", numbers=numbers(three), add="haji")
    assert BulkJob.objects.count() == 1


@pytest.mark.parametrize(
    ("slug", "data", "params"),
    [
        ("assign", {"to": "none"}, {"assignee": None, "team": None}),
        ("settle", {"outcome": "solved", "text": "Pulih."}, {"outcome": "solved", "text": "Pulih."}),
        ("wait", {"waiting_for": "customer"}, {"waiting_for": "customer"}),
        ("tag", {"add": "Haji, roaming", "remove": ""}, {"add": ["haji", "roaming"], "remove": []}),
        ("edit", {"priority": "high"}, {"priority": "high"}),
        ("escalate", {"party": "quality", "reason": "x"}, {"party": "quality", "division": None, "reason": "x"}),
    ],
)
def test_what_each_form_asks_is_what_its_act_needs(desk, three, slug, data, params):
    post(desk, slug, numbers=numbers(three), **data)
    job = BulkJob.objects.get()
    assert job.params == params
    assert work.run(job.pk)


def test_to_a_person_or_a_team(desk, three, sari, team):
    post(desk, "assign", numbers=numbers(three), to=f"user-{sari.pk}")
    assert BulkJob.objects.get().params == {"assignee": sari.pk, "team": None}
    post(desk, "assign", numbers=numbers(three), to=f"team-{team.pk}", key="2")
    assert BulkJob.objects.latest("pk").params == {"assignee": None, "team": team.pk}


def test_whoever_could_get_them_stands_there_with_what_they_hold_and_is_found(desk, three, sari, joko):
    User.objects.filter(pk=sari.pk).update(capacity=7)
    actions.assign_case(case=three[0], by=sari, assignee=sari)
    shown = ask(desk, "assign", queue="all", numbers=numbers(three)).content.decode()
    assert "1 / 7" in shown
    assert f'value="user-{joko.pk}"' in shown
    found = ask(desk, "assign", q="wulan").content.decode()
    assert f'value="user-{sari.pk}"' in found
    assert f'value="user-{joko.pk}"' not in found


def test_the_people_cost_as_much_for_three_as_for_thirty(desk, three, team, django_assert_max_num_queries):
    ask(desk, "assign", numbers=numbers(three))
    for number in range(30):
        a_case(assignee=a_member(f"Agen {number}", teams=(team,)))
    with django_assert_max_num_queries(14):
        ask(desk, "assign", numbers=numbers(three))


def test_nobody_chosen_is_asked_for_again(desk, three):
    answer = post(desk, "assign", numbers=numbers(three))
    assert answer.status_code == 422
    assert "Choose a person or a team." in answer.content.decode()
    assert not BulkJob.objects.exists()


def test_snoozed_for_a_while_or_until_a_time(desk, three):
    post(desk, "snooze", numbers=numbers(three), how_long="20")
    job = BulkJob.objects.get()
    work.run(job.pk)
    assert set(job.rows.values_list("state", flat=True)) == {"skipped"}  # their reply is due in 15 minutes
    answer = post(desk, "snooze", numbers=numbers(three), until=f"{timezone.now().year - 1}-01-01T08:00", key="2")
    assert "still to come" in answer.content.decode()


def test_a_division_must_be_named(desk, three):
    assert post(desk, "escalate", numbers=numbers(three), party="division", reason="x").status_code == 422


def test_whose_role_forbids_it_finds_no_tick_and_no_act(as_user, three):
    network = a_division()
    client = as_user(a_member("Togar", Role.DIVISION, division=network))
    assert ask(client, "settle", all="1").status_code == 403
    assert "data-tick" not in client.get("/desk/?queue=all").content.decode()


def test_progress_stands_above_the_list_while_it_moves_and_a_moment_after(desk, three):
    answer = post(desk, "tag", numbers=numbers(three), add="haji")
    assert "0 of 3" in answer.content.decode()
    assert desk.get("/desk/rows/").context["jobs_now"] == 1
    assert "0 of 3" in desk.get("/jobs/now/", headers=HTMX).content.decode()
    BulkJob.objects.update(state="done", ended_at=timezone.now() - dt.timedelta(minutes=2))
    assert desk.get("/desk/rows/").context["jobs_now"] == 0


def test_a_case_that_went_to_another_team_keeps_its_customers_name(desk, three, joko):
    post(desk, "tag", numbers=numbers(three), add="haji", **{"in-queue": "all"})
    Case.objects.filter(pk__in=[case.pk for case in three]).update(team=joko.team, assignee=None)
    shown = desk.get(f"/jobs/{BulkJob.objects.get().pk}/").content.decode()
    assert f"#{three[0].number}" in shown
    assert str(three[0].customer) not in shown
