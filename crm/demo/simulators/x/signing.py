"""Who calls: OAuth 1.0a (HMAC-SHA1, a nonce once) for the account, or a bearer token."""

import time
from typing import Any

from django.http import HttpRequest
from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

from crm.demo.simulators.x import here
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import Refused

CLOCK_SKEW = 300


class Validator(RequestValidator):
    """Knows one app with one account; every other key leads to the same refusal, in the same time."""

    enforce_ssl = False
    dummy_client = dummy_access_token = "nobody"
    client_key_length = access_token_length = (10, 100)
    nonce_length = (6, 64)

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], float] = {}

    @property
    def safe_characters(self) -> set[str]:
        return super().safe_characters | set("-_")

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == here.secrets().consumer_key

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token == here.secrets().access_token

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return here.secrets().consumer_secret

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return here.secrets().access_secret

    def validate_realms(self, *_given: Any, **_named: Any) -> bool:
        return True

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_tokens: Any
    ) -> bool:
        now = time.time()
        self._seen = {key: at for key, at in self._seen.items() if at > now - CLOCK_SKEW}
        fresh = abs(now - int(timestamp)) <= CLOCK_SKEW and (timestamp, nonce) not in self._seen
        self._seen[timestamp, nonce] = now
        return fresh


SIGNED = ResourceEndpoint(Validator())
UNAUTHORIZED = "Unauthorized"


def caller(request: HttpRequest) -> User | None:
    """The account that calls; None for the app alone. Raises Refused (401)."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind == "OAuth" and _is_signed(request):
        return here.us()
    if kind == "Bearer" and given == here.secrets().user_token:
        return here.us()
    if kind == "Bearer" and given == here.secrets().bearer_token:
        return None
    raise Refused(401, UNAUTHORIZED)


def _is_signed(request: HttpRequest) -> bool:
    body = request.body if request.content_type == "application/x-www-form-urlencoded" else b""
    headers = {"Authorization": request.headers["Authorization"], "Content-Type": request.content_type or ""}
    uri = request.build_absolute_uri()
    valid, _asked = SIGNED.validate_protected_resource_request(uri, request.method, body.decode(), headers)
    return bool(valid)
