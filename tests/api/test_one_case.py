"""Reading one case, and changing what it is about."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.actions import add_note
from crm.cases.models import Case, SlaClock
from tests.api.people import CASES, wrong_fields

pytestmark = pytest.mark.django_db


def test_a_case_is_read_with_its_clocks_and_contacts(caller, url):
    case = caller.get(url).json()
    assert [(one["kind"], one["verdict"], one["overdue"]) for one in case["clocks"]] == [
        ("response", "", False),
        ("resolution", "", False),
    ]
    assert [one["text"] for one in case["interactions"]] == ["Kuota saya hilang."]


def test_late_is_late_though_the_sweep_never_ran(caller, a_call):
    past = (timezone.now() - dt.timedelta(minutes=16)).isoformat()
    url = caller.post(CASES, a_call | {"occurred_at": past})["Location"]
    clock = caller.get(url).json()["clocks"][0]
    assert SlaClock.objects.first().verdict == ""
    assert clock["overdue"] is True
    assert -70 < clock["remaining_seconds"] <= -59


def test_internal_notes_never_leave_the_house(caller, url, case, agent):
    add_note(case=case, text="Pelanggan pernah marah.", by=agent)
    assert b"pernah marah" not in caller.get(url).content


def test_a_case_costs_eight_queries_at_most(caller, url, answered, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        caller.get(url)


def test_a_case_that_is_not_there_is_not_found(caller):
    assert caller.get(f"{CASES}/999999").status_code == 404
    assert caller.get(f"{CASES}/999999999999999999").status_code == 404


def test_a_client_of_another_team_does_not_find_it(caller, url, system, social_team):
    type(system).objects.update(team=social_team)
    assert caller.get(url).status_code == 404


def test_replayed_history_is_not_found(caller, url):
    Case.objects.update(is_archive=True)
    assert caller.get(url).status_code == 404


def test_what_a_case_is_about_is_changed_by_who_read_it(caller, url, agent):
    tag = caller.get(url)["ETag"]
    changed = caller.patch(url, {"priority": "urgent", "tags": ["kuota"]}, If_Match=tag)
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert (changed.json()["priority"], changed.json()["tags"]) == ("urgent", ["kuota"])


def test_a_change_moves_no_promise(caller, url):
    before = list(SlaClock.objects.order_by("pk").values_list("due_at", flat=True))
    caller.patch(url, {"kind": "question", "priority": "low"}, If_Match="*")
    assert list(SlaClock.objects.order_by("pk").values_list("due_at", flat=True)) == before


def test_somebody_who_read_an_older_version_changes_nothing(caller, url):
    caller.patch(url, {"priority": "urgent"}, If_Match='"1"')
    answer = caller.patch(url, {"priority": "low"}, If_Match='"1"')
    assert (answer.status_code, answer.json()["type"]) == (412, "urn:sapa:problem:stale_version")
    assert Case.objects.get().priority == "urgent"


def test_a_change_without_if_match_is_refused(caller, url):
    assert caller.patch(url, {"priority": "urgent"}).status_code == 428
    assert Case.objects.get().priority == "normal"


@pytest.mark.parametrize("tag", ["1", 'W/"1"', '"one"', '"1", "2"'])
def test_an_if_match_that_is_no_etag_of_ours_is_named(caller, url, tag):
    assert wrong_fields(caller.patch(url, {"priority": "urgent"}, If_Match=tag)) == {"If-Match": "bad_header"}
    assert Case.objects.get().priority == "normal"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, {"": "empty"}),
        ({"state": "settled"}, {"state": "unknown"}),
        ({"priority": "asap"}, {"priority": "invalid_choice"}),
        ({"category": "nowhere"}, {"category": "does_not_exist"}),
    ],
)
def test_a_wrong_change_is_named_and_changes_nothing(caller, url, said, wrong):
    answer = caller.patch(url, said, If_Match="*")
    assert (answer.status_code, wrong_fields(answer)) == (400, wrong)
    assert Case.objects.get().version == 1
