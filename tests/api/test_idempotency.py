"""The same request twice does nothing twice, even at the same time."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.api.models import KeptAnswer
from crm.api.tasks import forget_answers
from crm.cases.actions import publish_policy
from crm.cases.models import Case, SlaPolicy
from crm.customers.models import Customer
from tests.api.people import CASES, Caller, wrong_fields

pytestmark = pytest.mark.django_db
KEY = "3f1c"


def test_the_same_key_and_body_get_the_same_answer(caller, a_call):
    first = caller.post(CASES, a_call, Idempotency_Key=KEY)
    again = caller.post(CASES, a_call, Idempotency_Key=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert Case.objects.count() == 1


def test_the_same_words_in_another_order_are_the_same_body(caller, a_call):
    caller.post(CASES, a_call, Idempotency_Key=KEY)
    turned = dict(reversed(a_call.items()))
    assert json.dumps(turned) != json.dumps(a_call)
    assert caller.post(CASES, turned, Idempotency_Key=KEY).status_code == 201
    assert Case.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(caller, a_call):
    caller.post(CASES, a_call, Idempotency_Key=KEY)
    answer = caller.post(CASES, a_call | {"text": "Lain."}, Idempotency_Key=KEY)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sapa:problem:idempotency_key_reused")
    assert Case.objects.count() == 1


def test_another_act_under_the_same_key_is_refused(caller, url, answered):
    said = {"staff_number": "104417", "reason": "Lagi."}
    caller.post(f"{url}/resume", {"staff_number": "104417"}, Idempotency_Key=KEY)
    caller.post(f"{url}/settle", {"staff_number": "104417", "outcome": "solved"}, Idempotency_Key=KEY)
    answer = caller.post(f"{url}/reopen", said, Idempotency_Key=KEY)
    assert answer.json()["type"] == "urn:sapa:problem:idempotency_key_reused"
    assert Case.objects.get().state == "settled"


def test_without_a_key_each_request_counts(caller, a_call):
    caller.post(CASES, a_call)
    caller.post(CASES, a_call)
    assert Case.objects.count() == 2


def test_keys_of_two_clients_have_nothing_to_do_with_each_other(caller, other_caller, a_call):
    caller.post(CASES, a_call, Idempotency_Key=KEY)
    other_caller.post(CASES, a_call, Idempotency_Key=KEY)
    assert Case.objects.count() == 2


def test_what_was_refused_may_be_corrected_under_the_same_key(caller, a_call):
    assert caller.post(CASES, a_call | {"kind": "moan"}, Idempotency_Key=KEY).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert caller.post(CASES, a_call, Idempotency_Key=KEY).status_code == 201


def test_a_refused_act_leaves_neither_key_nor_customer(caller, a_call, policy):
    publish_policy(policy=SlaPolicy.objects.create(version=2), by=None)  # promises nothing
    assert caller.post(CASES, a_call, Idempotency_Key=KEY).status_code == 503
    assert not KeptAnswer.objects.exists()
    assert not Customer.objects.exists()


def test_every_post_honours_a_key(caller, url, answered):
    settle = {"staff_number": "104417", "outcome": "solved"}
    first, again = (caller.post(f"{url}/settle", settle, Idempotency_Key=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "kunci-é"])
def test_a_key_that_cannot_be_one_is_named(caller, a_call, key):
    answer = caller.post(CASES, a_call, Idempotency_Key=key)
    assert wrong_fields(answer) == {"Idempotency-Key": "bad_header"}
    assert not Case.objects.exists()


def test_a_key_is_forgotten_after_a_week(caller, a_call):
    caller.post(CASES, a_call, Idempotency_Key="old")
    caller.post(CASES, a_call, Idempotency_Key="young")
    KeptAnswer.objects.filter(key="old").update(at=timezone.now() - dt.timedelta(days=8))
    assert forget_answers() == 1
    assert KeptAnswer.objects.get().key == "young"


class AtOnce(threading.Thread):
    """One request on a connection of its own."""

    def __init__(self, token, body, **headers):
        super().__init__()
        self.token, self.body, self.headers = token, body, headers
        self.start()

    def run(self):
        try:
            self.answer = Caller(Client(), self.token).post(CASES, self.body, **self.headers)
        finally:
            connection.close()


def statuses(*requests):
    for request in requests:
        request.join()
    return sorted(request.answer.status_code for request in requests)


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_at_once_open_one_case(caller, a_call):
    token = caller.token
    assert statuses(*(AtOnce(token, a_call, Idempotency_Key=KEY) for _ in range(4))) == [201] * 4
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_contacts_with_one_external_id_at_once_open_one_case(caller, a_call):
    body = a_call | {"external_id": "CC-1"}
    assert statuses(*(AtOnce(caller.token, body) for _ in range(4))) == [200, 200, 200, 201]
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_repetition_that_waited_long_enough_is_told_so(caller, a_call, system, monkeypatch):
    """The first request holds its key, uncommitted, on another connection."""
    monkeypatch.setattr("crm.api.idempotency.PATIENCE", "50ms")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        KeptAnswer.objects.create(client=system, key=KEY, fingerprint="")
        request = AtOnce(caller.token, a_call, Idempotency_Key=KEY)
        request.join()
        cursor.execute("ROLLBACK")
    assert request.answer.json()["type"] == "urn:sapa:problem:in_progress"
    assert request.answer["Retry-After"] == "1"
    assert not Case.objects.exists()
