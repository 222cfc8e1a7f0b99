"""A call-centre system opens cases."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.models import Case, Category, SlaClock
from crm.customers.models import ContactPoint, Customer
from crm.events.models import Event
from crm.timeline.models import Interaction
from tests.api.people import CASES, wrong_fields

pytestmark = pytest.mark.django_db


def ago(**span):
    return (timezone.now() - dt.timedelta(**span)).isoformat()


def assert_nothing_was_opened():
    assert not Case.objects.exists()
    assert not Customer.objects.exists()
    assert not Interaction.objects.exists()
    assert not Event.objects.filter(kind__startswith="case.").exists()


def test_a_call_becomes_a_case_with_15_minutes_and_72_hours(caller, a_call):
    answer = caller.post(CASES, a_call)
    case = Case.objects.get()
    assert answer.status_code == 201
    assert (answer["Location"], answer["ETag"]) == (f"{CASES}/{case.number}", '"1"')
    assert answer.json()["state"] == "new"
    assert 890 <= answer.json()["remaining_seconds"] <= 900
    assert list(SlaClock.objects.order_by("id").values_list("target_seconds", flat=True)) == [900, 259_200]


def test_the_event_names_the_client(caller, a_call, system):
    caller.post(CASES, a_call)
    assert Event.objects.get(kind="case.opened").facts["client"] == system.pk


def test_the_number_is_stored_in_one_form_and_shown_masked(caller, a_call):
    number = caller.post(CASES, a_call).json()["number"]
    assert ContactPoint.objects.get().value == "+6281234567890"
    contact = caller.get(f"{CASES}/{number}").json()["contacts"][0]
    assert contact == {"kind": "msisdn", "network": "", "value": "+62 812-••••-7890", "verified": False}


def test_a_known_caller_is_not_entered_twice(caller, a_call):
    caller.post(CASES, a_call)
    caller.post(CASES, a_call | {"customer": {"msisdn": "+62 812-3456-7890"}})
    assert Customer.objects.count() == 1
    assert Case.objects.count() == 2


def test_both_clocks_run_from_when_the_customer_called(caller, a_call):
    case = caller.post(CASES, a_call | {"occurred_at": ago(minutes=10)}).json()
    assert 290 <= case["remaining_seconds"] <= 300


def test_what_was_said_too_long_ago_to_answer_in_time_is_overdue_at_once(caller, a_call):
    case = caller.post(CASES, a_call | {"occurred_at": ago(minutes=20)}).json()
    assert case["overdue"] is True


def test_the_clients_channel_is_used_when_none_is_named(caller, a_call):
    assert caller.post(CASES, a_call).json()["channel"] == "call"


def test_a_client_without_a_channel_must_name_one(caller, a_call, system):
    type(system).objects.update(channel="")
    answer = caller.post(CASES, a_call)
    assert wrong_fields(answer) == {"channel": "required"}
    assert_nothing_was_opened()


def test_everything_that_can_be_said_is_kept(caller, a_call, agent):
    Category.objects.create(code="data", name="Paket data", name_en="Data")
    said = {"subject": "Kuota", "category": "data", "priority": "high", "tags": ["kuota"], "staff_number": "104417"}
    case = caller.post(CASES, a_call | said).json()
    assert {name: case[name] for name in ("subject", "category", "priority", "tags")} == {
        name: said[name] for name in ("subject", "category", "priority", "tags")
    }
    assert Interaction.objects.get().staff == agent


def test_the_same_external_id_opens_one_case(caller, a_call):
    first = caller.post(CASES, a_call | {"external_id": "CC-1"})
    again = caller.post(CASES, a_call | {"external_id": "CC-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    assert Case.objects.count() == 1


def test_two_clients_may_number_their_contacts_alike(caller, other_caller, a_call):
    caller.post(CASES, a_call | {"external_id": "1"})
    assert other_caller.post(CASES, a_call | {"external_id": "1"}).status_code == 201
    assert Case.objects.count() == 2


def test_a_client_of_one_team_opens_that_teams_cases(caller, a_call, system, social_team):
    type(system).objects.update(team=social_team)
    assert caller.post(CASES, a_call).json()["team"] == "social"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"customer": {"msisdn": "12345"}}, {"customer.msisdn": "bad_contact"}),
        ({"customer": {"email": "rina"}}, {"customer.email": "bad_contact"}),
        ({"customer": {"handle": "rina"}}, {"customer.network": "bad_contact"}),
        ({"customer": {}}, {"customer.msisdn": "bad_contact"}),
        ({"customer": "rina"}, {"customer": "invalid"}),
        ({"customer": {"msisdn": "081234567890", "nik": "1"}}, {"customer.nik": "unknown"}),
        ({"text": ""}, {"text": "blank"}),
        ({"text": None}, {"text": "null"}),
        ({"text": "x" * 20_001}, {"text": "max_length"}),
        ({"text": "nol \x00"}, {"text": "null_characters_not_allowed"}),
        ({"kind": "moan"}, {"kind": "invalid_choice"}),
        ({"channel": "pigeon"}, {"channel": "invalid_choice"}),
        ({"priority": "asap"}, {"priority": "invalid_choice"}),
        ({"category": "nowhere"}, {"category": "does_not_exist"}),
        ({"tags": "kuota"}, {"tags": "not_a_list"}),
        ({"tags": ["x" * 41]}, {"tags.0": "max_length"}),
        ({"occurred_at": "yesterday"}, {"occurred_at": "invalid"}),
        ({"occurred_at": "2026-11-22T09:30:00"}, {"occurred_at": "invalid"}),
        ({"occurred_at": "2099-01-01T00:00:00Z"}, {"occurred_at": "future"}),
        ({"occurred_at": "2020-01-01T00:00:00Z"}, {"occurred_at": "too_old"}),
        ({"staff_number": "nobody"}, {"staff_number": "does_not_exist"}),
        ({"external_id": "x" * 101}, {"external_id": "max_length"}),
        ({"prioriti": "high"}, {"prioriti": "unknown"}),
        ({"text": "", "kind": "moan"}, {"text": "blank", "kind": "invalid_choice"}),
    ],
)
def test_what_is_wrong_is_named_and_opens_nothing(caller, a_call, said, wrong):
    answer = caller.post(CASES, a_call | said)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert wrong_fields(answer) == wrong
    assert_nothing_was_opened()


def test_what_is_missing_is_named(caller):
    assert wrong_fields(caller.post(CASES, {})) == {"customer": "required", "text": "required"}
    assert_nothing_was_opened()
