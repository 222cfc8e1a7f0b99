"""What an answer of X, or the lack of one, means for a message. Reasons are codes that words.py puts into words;
X's own texts stay out, for they quote people."""

import datetime as dt
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import requests
import urllib3
from django.utils import timezone

from crm.messaging.channels import Passing, Permanent, SendError, Uncertain

# When X limits us and does not say until when: short enough to try again, long enough not to hammer.
DEFAULT_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(days=1)
LIMITS = ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour")
# Part of what X says with a 403 -> our code. The first that fits.
REFUSALS = {
    "duplicate content": "duplicate",
    "not permitted to perform this action": "not allowed",
    "dm one or more participants": "closed messages",
    "cannot send messages": "closed messages",
    "reply to this conversation": "not summoned",
    "mentioned or quoted": "not summoned",
    "mentioned or otherwise engaged": "not summoned",
    "deleted or not visible": "post gone",
    "crc": "webhook not valid",
}
# Problem types that are about the app and not about the message.
OF_THE_APP = (
    "client-forbidden",
    "client-not-enrolled",
    "unsupported-authentication",
    "usage-capped",
    "oauth1-permissions",
)


def by_status(status: int, headers: Mapping[str, str], problem: dict[str, Any], limited: str) -> SendError:
    """The verdict on an answer that is no success; `limited` is the reason where X wants a pause."""
    if status == 429:
        return Passing(f"{limited} (429)", retry_at=reset_of(headers))
    if status == 401:
        return Passing("wrong credentials (401)")
    if status in (408, 504):  # somebody on the way gave up waiting: X itself may have taken it
        return Uncertain(f"no answer ({status})")
    if status >= 500 or 300 <= status < 400:
        return Passing(f"network fault ({status})")
    return _refused(status, problem)


def _refused(status: int, problem: dict[str, Any]) -> SendError:
    said = " ".join(_texts(problem)).lower()
    if status == 403 and any(word in said for word in OF_THE_APP):
        return Passing("app not allowed (403)")
    code = next((code for part, code in REFUSALS.items() if part in said), "refused")
    return Permanent(f"{code} ({status})")


def _texts(problem: Any) -> Iterator[str]:
    """Every text of a problem, however deep X nests them."""
    if isinstance(problem, dict):
        problem = list(problem.values())
    if isinstance(problem, list):
        for part in problem:
            yield from _texts(part)
    elif isinstance(problem, str):
        yield problem


def reset_of(headers: Mapping[str, str]) -> dt.datetime:
    """When X takes requests again: the latest reset of a limit that is used up, else a minute from now."""
    now = timezone.now()
    resets = [_moment(headers.get(f"{limit}-reset", "")) for limit in LIMITS if _is_used_up(headers, limit)]
    told = [at for at in resets if at is not None and now < at]
    return min(max(told, default=now + DEFAULT_PAUSE), now + LONGEST_PAUSE)


def _is_used_up(headers: Mapping[str, str], limit: str) -> bool:
    """The daily limits are sent along with every answer; only the one that is at nothing counts."""
    return headers.get(f"{limit}-remaining", "0" if limit == LIMITS[0] else "").strip() == "0"


def _moment(seconds: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def by_error(error: requests.RequestException) -> SendError:
    """The verdict on a line that broke, or never was."""
    if isinstance(error, requests.ConnectTimeout) or _never_left(error):
        return Passing("unreachable")
    if isinstance(
        error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)
    ):
        return Passing("bad address")
    return Uncertain("no answer" if isinstance(error, requests.Timeout) else "hung up")


def _never_left(error: BaseException | None) -> bool:
    """Did it fail while the line was still being made? (No such name, refused, a certificate that is not X's.)"""
    while error is not None:
        causes = [error, getattr(error, "reason", None), *(a for a in error.args if isinstance(a, BaseException))]
        if any(isinstance(c, (urllib3.exceptions.NewConnectionError, ssl.SSLCertVerificationError)) for c in causes):
            return True
        error = next((c for c in causes[1:] if isinstance(c, BaseException)), error.__cause__ or error.__context__)
    return False
