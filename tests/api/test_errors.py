"""Whatever goes wrong is a problem (RFC 9457) in the reader's language, and changes nothing."""

import pytest
from django.db import OperationalError

from crm.cases.actions import publish_policy
from crm.cases.models import Case, SlaPolicy
from tests.api.people import CASES, wrong_fields

pytestmark = pytest.mark.django_db


def assert_problem(answer, status, kind):
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"urn:sapa:problem:{kind}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"]


def test_malformed_json_says_where(caller):
    answer = caller.send("POST", CASES, data='{"text": "a",}')
    assert_problem(answer, 400, "parse_error")
    assert "1" in answer.json()["detail"]


@pytest.mark.parametrize("data", [b"\xff", "[" * 100_000, '{"text": NaN}', "1" * 5000])
def test_what_is_no_json_is_refused(caller, data):
    assert_problem(caller.send("POST", CASES, data=data), 400, "parse_error")
    assert not Case.objects.exists()


@pytest.mark.parametrize("data", ["[]", '"text"', "7", "null"])
def test_what_is_no_object_is_refused(caller, data):
    assert_problem(caller.send("POST", CASES, data=data), 400, "invalid")
    assert not Case.objects.exists()


def test_a_post_without_a_body_lacks_its_fields(caller):
    assert wrong_fields(caller.send("POST", CASES)) == {"customer": "required", "text": "required"}


def test_a_body_above_a_mebibyte_is_refused_unread(caller, a_call):
    answer = caller.post(CASES, a_call | {"text": "x" * 1024 * 1024})
    assert_problem(answer, 413, "too_large")
    assert not Case.objects.exists()


def test_only_json_is_read(caller):
    answer = caller.send("POST", CASES, data="text=a", content_type="application/x-www-form-urlencoded")
    assert_problem(answer, 415, "unsupported_media_type")


def test_an_unknown_address_is_a_problem_too(caller, stranger):
    assert_problem(caller.get("/api/v1/tickets"), 404, "not_found")
    assert_problem(stranger.post("/api/v1/", {}), 404, "not_found")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS"])
def test_a_method_that_is_not_there(caller, method):
    answer = caller.send(method, CASES)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_missing_case_is_a_problem(caller):
    assert_problem(caller.get(f"{CASES}/1"), 404, "not_found")


@pytest.mark.parametrize(("language", "sentence"), [("id", "Tidak ada isian ini."), ("en", "There is no such field.")])
def test_sentences_come_in_the_callers_language(caller, a_call, language, sentence):
    answer = caller.post(CASES, a_call | {"extra": 1}, Accept_Language=language)
    assert wrong_fields(answer) == {"extra": "unknown"}
    assert answer.json()["errors"][0]["detail"] == sentence
    assert answer["Content-Language"] == language


def test_a_slash_at_the_end_loses_no_body(caller, a_call):
    answer = caller.post(f"{CASES}/", a_call)
    assert answer.status_code == 201
    assert caller.get(f"{answer['Location']}/").status_code == 200


def test_a_fault_of_ours_is_a_problem_without_inner_words(caller, a_call, monkeypatch, caplog):
    def broken(*_args, **_more):
        raise RuntimeError("secret inner words")

    monkeypatch.setattr("crm.api.v1.intake.open_case", broken)
    answer = caller.post(CASES, a_call)
    assert_problem(answer, 500, "server_error")
    assert b"inner words" not in answer.content
    assert "inner words" in caplog.text


def test_a_database_that_cannot_be_reached_asks_to_come_back(caller, monkeypatch):
    def unreachable(*_args):
        raise OperationalError("connection refused")

    monkeypatch.setattr("crm.api.auth._client_of", unreachable)
    answer = caller.get(CASES)
    assert_problem(answer, 503, "unavailable")
    assert answer["Retry-After"] == "5"


def test_under_a_policy_that_promises_nothing_no_case_is_opened(caller, a_call, policy):
    publish_policy(policy=SlaPolicy.objects.create(version=2), by=None)
    assert_problem(caller.post(CASES, a_call), 503, "no_policy")
    assert not Case.objects.exists()
