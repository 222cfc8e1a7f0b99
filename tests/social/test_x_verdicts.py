"""What X's answers mean: until when to wait, what is for good, what nobody can know."""

import datetime as dt
import ssl

import pytest
import requests
import urllib3
from django.utils import timezone

from crm.messaging.channels import Passing, Permanent, SendError, Uncertain
from crm.messaging.words import in_words
from social.networks.x.verdicts import DEFAULT_PAUSE, LONGEST_PAUSE, by_error, by_status, reset_of
from social.networks.x.words import REASONS


def verdict(status: int, problem: dict | None = None, **headers: str) -> SendError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return by_status(status, named, problem or {}, "posts limited")


def stamped(headers: dict[str, str | int]) -> dict[str, str]:
    """Whole numbers are seconds from now, which X tells as a moment."""
    return {name: _moment_in(value) if isinstance(value, int) else value for name, value in headers.items()}


def _moment_in(seconds: int) -> str:
    return str(int((timezone.now() + dt.timedelta(seconds=seconds)).timestamp()))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-rate-limit-reset": 600}, 600),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": 600}, 600),
        ({"x-rate-limit-remaining": "7", "x-rate-limit-reset": 600}, DEFAULT_PAUSE.total_seconds()),
        (
            {
                "x-rate-limit-remaining": "7", "x-rate-limit-reset": 600,
                "x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": 20_000,
            },
            20_000,
        ),
        ({"x-user-limit-24hour-remaining": "9", "x-user-limit-24hour-reset": 20_000}, 60),
        ({}, DEFAULT_PAUSE.total_seconds()),
        ({"x-rate-limit-reset": "soon"}, DEFAULT_PAUSE.total_seconds()),
        ({"x-rate-limit-reset": "99999999999999999999"}, DEFAULT_PAUSE.total_seconds()),
        ({"x-rate-limit-reset": -600}, DEFAULT_PAUSE.total_seconds()),
        ({"x-rate-limit-reset": 10_000_000}, LONGEST_PAUSE.total_seconds()),
    ],
)  # fmt: skip
def test_a_limit_ends_when_x_says_so(headers: dict[str, str | int], seconds: float) -> None:
    assert abs((reset_of(stamped(headers)) - timezone.now()).total_seconds() - seconds) < 10


@pytest.mark.parametrize("status", [408, 504])
def test_when_somebody_on_the_way_gave_up_nobody_knows(status: int) -> None:
    assert isinstance(verdict(status), Uncertain)


@pytest.mark.parametrize("status", [302, 401, 429, 500, 502, 503])
def test_what_may_be_better_later_passes(status: int) -> None:
    assert isinstance(verdict(status), Passing)


@pytest.mark.parametrize(
    ("status", "problem", "reason"),
    [
        (400, {"errors": [{"message": "text is too long"}]}, "refused (400)"),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, "duplicate (403)"),
        (
            403,
            {"errors": [{"code": 349, "message": "You cannot send messages to this user."}]},
            "closed messages (403)",
        ),
        (
            403,
            {"detail": "You attempted to reply to a Tweet that is deleted or not visible to you."},
            "post gone (403)",
        ),
        (404, {}, "refused (404)"),
    ],
)
def test_a_refusal_is_for_good_and_quotes_nobody(status: int, problem: dict, reason: str) -> None:
    found = verdict(status, problem)
    assert isinstance(found, Permanent)
    assert found.reason == reason
    assert in_words(found.reason) != found.reason


def test_an_app_without_permission_is_no_fault_of_the_message() -> None:
    kind = "https://api.twitter.com/2/problems/client-forbidden"
    found = verdict(403, {"type": kind, "reason": "client-not-enrolled"})
    assert isinstance(found, Passing)


def test_a_problem_may_be_nested_however_deep() -> None:
    problem: dict = {"detail": "duplicate content"}
    for _each in range(50):
        problem = {"errors": [problem]}
    assert verdict(403, problem).reason == "duplicate (403)"


def refused_by_nobody() -> requests.ConnectionError:
    pool = urllib3.HTTPConnectionPool("127.0.0.1", 1)
    cause = urllib3.exceptions.NewConnectionError(pool, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", cause))


def of_another_house() -> requests.exceptions.SSLError:
    pool = urllib3.HTTPConnectionPool("127.0.0.1", 1)
    cause = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("no"))
    return requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(pool, "/", cause))


@pytest.mark.parametrize("error", [refused_by_nobody(), of_another_house(), requests.ConnectTimeout()])
def test_what_never_left_may_be_sent_again(error: requests.RequestException) -> None:
    assert isinstance(by_error(error), Passing)


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
        requests.ConnectionError(urllib3.exceptions.ProtocolError("aborted", ConnectionResetError(104, "reset"))),
        requests.exceptions.SSLError("in the middle"),
    ],
)
def test_what_may_have_left_is_uncertain(error: requests.RequestException) -> None:
    assert isinstance(by_error(error), Uncertain)


def test_a_wrong_address_may_be_mended() -> None:
    assert isinstance(by_error(requests.exceptions.MissingSchema()), Passing)


def test_every_reason_has_words() -> None:
    assert all(in_words(f"{reason} (403)") == f"{words} (403)" for reason, words in REASONS.items())
