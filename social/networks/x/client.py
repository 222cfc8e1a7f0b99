"""Speaking to X's API: signed as our account (OAuth 1.0a), within a budget of time, every failure told apart."""

import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

import requests
from django.utils import timezone
from requests.auth import AuthBase
from requests_oauthlib import OAuth1

from crm.lib.sealed import Unreadable
from crm.messaging.channels import Passing, Uncertain
from crm.messaging.models import Connection
from social.networks.x.bodies import read
from social.networks.x.verdicts import by_error, by_status

BASE_URL, WEB_URL = "https://api.x.com", "https://x.com"
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_secret")
# One request; a whole send has the budget, which must stay well under the outbox's CLAIM_LASTS.
CONNECTING, ANSWERING = 5.0, 20.0
BUDGET = 60.0
LARGEST_ANSWER = 4 * 1024 * 1024

READING, POSTS, MESSAGES = "reading limited", "posts limited", "messages limited"

Json = dict[str, Any]


class Client:
    """One connection's credentials and one budget of time. Every method raises SendError.

    `limited` is the reason given when X says 429: it limits each kind of request by itself.
    """

    def __init__(self, connection: Connection, *, limited: str = READING, seconds: float = BUDGET) -> None:
        self.connection, self.limited = connection, limited
        self.base = str(connection.option("base_url", BASE_URL)).rstrip("/")
        self.user_id = str(connection.option("user_id"))
        self.ends = monotonic() + seconds
        self.auth = signer(connection)

    @property
    def left(self) -> float:
        """Seconds of the budget."""
        return self.ends - monotonic()

    def ask(self, path: str, params: Mapping[str, str | int] | None = None, *, auth: AuthBase | None = None) -> Json:
        """Read something. Nothing is changed over there, so whatever fails may be asked again."""
        return self._harmless("GET", path, params=params, auth=auth)

    def prepare(self, path: str, **body: Any) -> Json:
        """A POST that no customer notices (an upload, a registration): to be repeated without fear."""
        return self._harmless("POST", path, **body)

    def change(self, path: str) -> Json:
        return self._harmless("PUT", path)

    def publish(self, path: str, body: Json) -> Json:
        """A POST that reaches somebody. Raises Uncertain when it may have."""
        return self._call("POST", path, json=body)

    def _harmless(self, method: str, path: str, **what: Any) -> Json:
        try:
            return self._call(method, path, **what)
        except Uncertain as error:
            raise Passing(error.reason) from error

    def _call(self, method: str, path: str, *, auth: AuthBase | None = None, **what: Any) -> Json:
        if self.left <= 0:
            raise Passing("no answer")
        times = (min(CONNECTING, self.left), min(ANSWERING, self.left))
        try:
            with requests.request(
                method, self.base + path, auth=auth or self.auth, timeout=times, allow_redirects=False, stream=True,
                **what,
            ) as answer:  # fmt: skip
                body = self._read(answer)
        except requests.RequestException as error:
            raise by_error(error) from error
        return _judge(answer, body, self.limited)

    def _read(self, answer: requests.Response) -> bytes:
        body = read(answer, most=LARGEST_ANSWER, ends=min(self.ends, monotonic() + ANSWERING))
        if len(body) > LARGEST_ANSWER:
            raise Uncertain(f"unreadable answer ({answer.status_code})")
        return body


def _judge(answer: requests.Response, body: bytes, limited: str) -> Json:
    try:
        parsed = json.loads(body) if body else {}
    except ValueError:
        parsed = None
    told = parsed if isinstance(parsed, dict) else None
    if not 200 <= answer.status_code < 300:
        raise by_status(answer.status_code, answer.headers, told or {}, limited)
    if told is None:
        raise Uncertain(f"unreadable answer ({answer.status_code})")
    return told


def signer(connection: Connection) -> OAuth1:
    """Raises Passing: a connection whose secrets are missing or sealed with another key may be mended."""
    try:
        secrets = connection.secrets
    except Unreadable as error:
        raise Passing("secrets unreadable") from error
    if not all(secrets.get(name) for name in SECRETS):
        raise Passing("credentials missing")
    return OAuth1(*(secrets[name] for name in SECRETS))


def text_at(answer: Json, *path: str) -> str:
    """The text at this path of an answer; Uncertain when X said yes in a form that nobody can read."""
    for step in path:
        answer = answer.get(step, {}) if isinstance(answer, dict) else {}
    if not isinstance(answer, str) or not answer:
        raise Uncertain("unreadable answer (200)")
    return answer


def heed_pause(connection: Connection, limited: str) -> None:
    """While X wants no more of this kind, nothing is tried. Raises Passing.

    A limit on direct messages does not hold up public answers, nor the other way round.
    """
    if connection.paused_until is None or connection.paused_until <= timezone.now():
        return
    others = {POSTS, MESSAGES} - {limited}
    if not connection.fault.startswith(tuple(others)):
        raise Passing(connection.fault or limited, retry_at=connection.paused_until)
