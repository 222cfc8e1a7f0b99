"""What the API benches share: a client with a token, requests that carry it, bare SQL as the floor."""

import secrets
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from crm.api.models import ApiClient, Scope
from crm.demo.bench import table
from crm.demo.bench.load import Rates, Request, measure
from crm.staff.models import User

NAME = "bench"


def token() -> str:
    """A fresh token of the bench's own client, which no throttle holds back."""
    client = ApiClient.objects.filter(name=NAME).first() or _client()
    value = secrets.token_urlsafe(24)
    expires = timezone.now() + timedelta(days=1)
    fresh = AccessToken(application=client.application, expires=expires, scope=" ".join(client.scopes), token="")
    fresh._raw_token = value  # the toolkit keeps its hash
    fresh.save()
    return value


def _client() -> ApiClient:
    application = Application.objects.create(
        name=NAME, client_type="confidential", authorization_grant_type="client-credentials"
    )
    may = [Scope.READ, Scope.WRITE]
    return ApiClient.objects.create(application=application, name=NAME, scopes=may, requests_per_minute=10_000_000)


def api_headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {token()}", "Accept-Language": "en"}


def agent_headers() -> dict[str, str]:
    """The cookie of a signed-in agent, for the pages measured beside the API."""
    return cookie_of(User.objects.get(username="bench-0"))


def cookie_of(user: User) -> dict[str, str]:
    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"}


def queries_of(request: Request) -> list[str]:
    """The statements of one such request, asked in this process."""
    with CaptureQueriesContext(connection) as captured:
        answer = Client(headers=request.headers).generic(
            request.method, request.path, request.body or b"", content_type="application/json"
        )
    if answer.status_code != request.expect:
        raise ValueError(f"{request.path}: {answer.status_code} {answer.content[:300]!r}")
    return [query["sql"] for query in captured.captured_queries]


def rates(port: int, request: Request | Callable[[int], Request], options: Namespace) -> Rates:
    """After a second that opens connections and warms caches."""
    make = request if callable(request) else lambda _i: request
    measure(port, make, clients=options.clients, seconds=1)
    return measure(port, make, clients=options.clients, seconds=options.seconds)


def median_ms(act: Callable[[], Any], times: int = 200) -> float:
    """Milliseconds that `act` takes, in the middle of `times`."""
    return table.percentile([_timed(act) for _ in range(times)], 50)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def fetch(statement: str) -> list[tuple[Any, ...]]:
    """Run one statement bare: no ORM, no web."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
