"""`Idempotency-Key`: the same POST again gets the same answer and does nothing twice."""

import hashlib
import json
import re
from collections.abc import Callable

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.auth import caller
from crm.api.errors import BadHeader, KeyUsedOtherwise, StillRunning
from crm.api.models import KeptAnswer

KEY = re.compile(r"[!-~]{1,200}")
OURS = ("ETag", "Location")  # headers that are part of an answer; the others are the server's
PATIENCE = "10s"  # how long a repetition waits for the first request's commit


def answered_once(request: Request, act: Callable[[], Response]) -> HttpResponse:
    """Run `act` in one transaction; with an Idempotency-Key at most once for this client, key, path and body.

    A refused act rolls back with its key: what failed may be corrected and sent again under the same one.
    Raises KeyUsedOtherwise, StillRunning, BadHeader.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        with transaction.atomic():
            return act()
    if not KEY.fullmatch(key):
        raise BadHeader("Idempotency-Key", _("A key is 1 to 200 visible ASCII characters."))
    try:
        with transaction.atomic():
            return _kept(request, key, act)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillRunning(Retry_After="1") from error
        raise


def _kept(request: Request, key: str, act: Callable[[], Response]) -> HttpResponse:
    fingerprint = _fingerprint(request)
    if not _claim(request, key, fingerprint):
        return _again(KeptAnswer.objects.get(client=caller(request), key=key), fingerprint)
    response = act()
    body = JSONRenderer().render(response.data).decode()
    headers = {name: response[name] for name in OURS if response.has_header(name)}
    KeptAnswer.objects.filter(client=caller(request), key=key).update(
        status=response.status_code, headers=headers, body=body
    )
    return _answer(response.status_code, headers, body)


def _claim(request: Request, key: str, fingerprint: str) -> bool:
    """Whether this request is the first. A row that another transaction is still writing is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [PATIENCE])
        cursor.execute(
            "INSERT INTO api_keptanswer (client_id, key, fingerprint, status, headers, body, at)"
            " VALUES (%s, %s, %s, 0, '{}', '', statement_timestamp()) ON CONFLICT (client_id, key) DO NOTHING",
            [caller(request).pk, key, fingerprint],
        )
        return bool(cursor.rowcount)


def _fingerprint(request: Request) -> str:
    said = json.dumps([request.path.rstrip("/"), request.data], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _again(kept: KeptAnswer, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise KeyUsedOtherwise
    return _answer(kept.status, kept.headers | {"Idempotent-Replayed": "true"}, kept.body)


def _answer(status: int, headers: dict[str, str], body: str) -> HttpResponse:
    return HttpResponse(body, status=status, headers=headers, content_type="application/json")
