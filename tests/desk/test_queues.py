import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Case
from crm.desk import queues
from crm.desk.forms.filters import FilterForm
from crm.desk.tense import Now
from tests.people import a_case, a_customer, a_member

MINUTE = dt.timedelta(minutes=1)


def ago(minutes: float) -> dt.datetime:
    return timezone.now() - minutes * MINUTE


def slugs_holding(case: Case, user) -> set[str]:
    """Besides the one that holds all that runs."""
    now = Now.read()
    asked = [queue for queue in queues.QUEUES.values() if queue.slug != "running"]
    return {queue.slug for queue in asked if queues.cases_in(queue, user, now).filter(pk=case.pk).exists()}


def counted(user) -> dict[str, int]:
    return queues.counts(user, Now.read(), lambda cases: cases)


def test_a_new_case_is_unassigned(case, sari):
    assert slugs_holding(case, sari) == {"unassigned", "all"}


def test_a_case_of_mine_is_in_mine_and_no_longer_unassigned(case, sari):
    actions.assign_case(case=case, by=sari, assignee=sari)
    assert slugs_holding(case, sari) == {"mine", "all"}


def test_a_reply_due_in_four_minutes_is_at_risk(sari, team):
    assert "risk" in slugs_holding(a_case(ago(11), team=team), sari)


def test_a_late_case_is_breached_although_no_sweep_has_run(sari, team):
    late = a_case(ago(16), team=team)
    assert slugs_holding(late, sari) == {"unassigned", "breached", "all"}


def test_a_waiting_case_waits(case, sari):
    actions.wait_for(case=case, waiting_for="customer", by=sari)
    assert "waiting" in slugs_holding(case, sari)


def test_a_colleague_of_another_team_sees_none_of_it(case, joko):
    assert slugs_holding(case, joko) == set()


def test_counts_are_what_the_queues_hold(case, sari, team):
    actions.assign_case(case=a_case(ago(16), team=team), by=sari, assignee=sari)
    assert counted(sari) == {"mine": 1, "unassigned": 1, "risk": 0, "waiting": 0, "breached": 1, "all": 2}


def test_somebody_without_a_team_has_empty_queues(case):
    assert set(counted(a_member()).values()) == {0}


def test_counts_cost_one_query(case, sari, django_assert_num_queries):
    now, narrow = Now.read(), lambda cases: cases
    assert sari.team_ids
    assert now.response_risk == 300
    with django_assert_num_queries(1):
        queues.counts(sari, now, narrow)


@pytest.mark.parametrize(("count", "said"), [(0, "0"), (999, "999"), (1000, "999+")])
def test_counting_stops_at_a_thousand(count, said):
    assert queues.shown(count) == said


def test_pages_follow_the_deadline_without_gap_or_double(sari, team):
    cases = [a_case(ago(minutes), team=team) for minutes in (3, 1, 2, 5, 4)]
    mine = Case.objects.filter(pk__in=[case.pk for case in cases])
    first, cursor = queues.page(mine, size=2)
    second, cursor = queues.page(mine, cursor, size=2)
    third, end = queues.page(mine, cursor, size=2)
    minutes = [round((timezone.now() - case.opened_at) / MINUTE) for case in first + second + third]
    assert (minutes, end) == ([5, 4, 3, 2, 1], "")


def test_cases_without_a_deadline_come_last_and_page_too(team):
    cases = [a_case(team=team) for _ in range(4)]
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(due_at=None, due_kind="")
    found, cursor = queues.page(Case.objects.all(), size=2)
    rest, _end = queues.page(Case.objects.all(), cursor, size=2)
    assert [case.pk for case in found + rest] == [cases[3].pk, cases[0].pk, cases[1].pk, cases[2].pk]


@pytest.mark.parametrize("cursor", ["", "nonsense", "2026-99-99,1", ",x", "'; DROP TABLE,1"])
def test_a_cursor_that_cannot_be_read_is_the_beginning_or_the_end(case, cursor):
    queues.page(Case.objects.all(), cursor)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"q": "rina"}, True),
        ({"q": "RINA@example.com"}, True),
        ({"q": "nobody"}, False),
        ({"kind": "complaint"}, True),
        ({"kind": "question"}, False),
        ({"channel": "call"}, True),
        ({"channel": "x"}, False),
        ({"priority": "urgent"}, False),
        ({"tag": "roaming"}, False),
        ({"kind": "no such kind"}, True),
    ],
)
def test_filters_narrow_and_an_unreadable_one_is_left_out(case, asked, fits):
    assert FilterForm(asked).narrow(Case.objects.all()).exists() is fits


def test_a_number_is_found_with_or_without_its_sign(case):
    for text in (str(case.number), f"#{case.number}"):
        assert FilterForm({"q": text}).narrow(Case.objects.all()).get() == case


def test_a_handle_is_found_with_its_sign(team):
    customer = a_customer("")
    customer.contact_points.create(kind="handle", network="x", value="tanah_abang77")
    found = a_case(customer=customer, team=team)
    assert FilterForm({"q": "@tanah_abang77"}).narrow(Case.objects.all()).get() == found
