"""Contacts that another system hands in."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.models import Case, SlaClock
from crm.timeline.models import Interaction
from tests.api.people import CASES, wrong_fields

pytestmark = pytest.mark.django_db


def ago(**span):
    return (timezone.now() - dt.timedelta(**span)).isoformat()


def response_clock():
    return SlaClock.objects.get(kind="response", turn=1)


def test_an_answer_by_a_person_stops_the_reply_clock(caller, url, agent):
    said = {"direction": "out", "text": "Sudah kami kembalikan.", "staff_number": agent.staff_number}
    answer = caller.post(f"{url}/interactions", said)
    assert answer.status_code == 201
    assert answer.json()["interaction"]["staff"] == {"staff_number": "104417", "name": "Dewi"}
    assert answer.json()["case"]["state"] == "open"
    assert answer["ETag"] == '"2"'
    assert response_clock().verdict == "met"


def test_an_answer_recorded_late_is_judged_by_when_it_was_given(caller, a_call, agent):
    url = caller.post(CASES, a_call | {"occurred_at": ago(minutes=40)})["Location"]
    said = {"direction": "out", "text": "Halo.", "staff_number": agent.staff_number, "at": ago(minutes=30)}
    caller.post(f"{url}/interactions", said)
    assert response_clock().verdict == "met"


def test_a_machines_message_stops_no_clock(caller, url):
    caller.post(f"{url}/interactions", {"direction": "out", "text": "Kami terima.", "automatic": True})
    assert response_clock().verdict == ""


def test_an_answer_without_a_person_is_refused(caller, url):
    answer = caller.post(f"{url}/interactions", {"direction": "out", "text": "Halo."})
    assert wrong_fields(answer) == {"staff_number": "required"}
    assert Interaction.objects.count() == 1
    assert response_clock().verdict == ""


def test_what_the_customer_says_after_the_answer_starts_the_clock_anew(caller, url, answered):
    caller.post(f"{url}/interactions", {"direction": "in", "text": "Belum masuk."})
    assert SlaClock.objects.filter(kind="response", stopped_at=None).get().turn == 2


def test_the_same_external_id_adds_one_contact(caller, url):
    said = {"direction": "in", "text": "Halo?", "external_id": "CC-2"}
    first, again = (caller.post(f"{url}/interactions", said) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["interaction"] == first.json()["interaction"]
    assert first.json()["interaction"]["external_id"] == "CC-2"
    assert Interaction.objects.count() == 2


def test_an_external_id_of_another_case_is_refused(caller, url, a_call):
    other = caller.post(CASES, a_call)["Location"]
    caller.post(f"{other}/interactions", {"direction": "in", "text": "Satu.", "external_id": "CC-2"})
    answer = caller.post(f"{url}/interactions", {"direction": "in", "text": "Dua.", "external_id": "CC-2"})
    assert wrong_fields(answer) == {"external_id": "taken"}
    assert Interaction.objects.count() == 3


def test_a_stale_version_adds_nothing(caller, url):
    answer = caller.post(f"{url}/interactions", {"direction": "in", "text": "Halo?"}, If_Match='"7"')
    assert answer.status_code == 412
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"direction": "sideways"}, {"direction": "invalid_choice"}),
        ({"at": "2099-01-01T00:00:00Z"}, {"at": "future"}),
        ({"at": "11/22/2026"}, {"at": "invalid"}),
        ({"staff_number": "999"}, {"staff_number": "does_not_exist"}),
        ({"texxt": "?"}, {"texxt": "unknown"}),
    ],
)
def test_what_is_wrong_is_named_and_adds_nothing(caller, url, said, wrong):
    answer = caller.post(f"{url}/interactions", {"direction": "in", "text": "Halo?"} | said)
    assert (answer.status_code, wrong_fields(answer)) == (400, wrong)
    assert Interaction.objects.count() == 1
    assert Case.objects.get().version == 1


def test_the_contacts_of_a_case_are_listed_newest_first(caller, url):
    caller.post(f"{url}/interactions", {"direction": "in", "text": "Halo?"})
    page = caller.get(f"{url}/interactions?limit=1").json()
    assert [one["text"] for one in page["items"]] == ["Halo?"]
    assert [one["text"] for one in caller.get(page["next"]).json()["items"]] == ["Kuota saya hilang."]
