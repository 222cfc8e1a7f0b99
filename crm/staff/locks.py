"""The lock after repeated failures. django-axes counts, by account and address; here is what we ask of it."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse

from crm.staff.backends import find_person
from crm.staff.models import User
from crm.staff.visitor import client_ip


def account_of(_request: HttpRequest | None, credentials: dict[str, Any] | None) -> str | None:
    """What the failures of one account are counted under, by whichever of its names it was tried.

    A name that nobody has is kept as a digest: people type passwords into that field.
    """
    typed = ((credentials or {}).get("username") or "").strip()
    if not typed:
        return None
    person = find_person(typed)
    return person.username if person else "#" + hashlib.sha256(typed.lower().encode()).hexdigest()[:40]


def is_sign_on(_request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
    """Company sign-on brings no name to count under; its provider has a lock of its own."""
    return not (credentials or {}).get("username")


def keep_response(
    _request: HttpRequest, response: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse | None:
    """axes would answer with a page of its own; ours says until when the lock holds."""
    return response


def locked_until(request: HttpRequest, typed: str) -> dt.datetime:
    """When this visitor may try `typed` again."""
    account = account_of(request, {"username": typed})
    attempts = AccessAttempt.objects.filter(username=account, ip_address=client_ip(request))
    last = attempts.aggregate(last=Max("attempt_time"))["last"]
    return last + settings.AXES_COOLOFF_TIME


def locked_accounts(usernames: Iterable[str], at: dt.datetime) -> dict[str, dt.datetime]:
    """Those of the accounts that are locked for some address at `at`, with the end of their latest lock."""
    recent = AccessAttempt.objects.filter(
        username__in=list(usernames), attempt_time__gt=at - settings.AXES_COOLOFF_TIME
    )
    by_address = recent.values("username", "ip_address").annotate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    locked = by_address.filter(failures__gte=settings.AXES_FAILURE_LIMIT).order_by("last")
    return {row["username"]: row["last"] + settings.AXES_COOLOFF_TIME for row in locked}


def release(user: User) -> int:
    """Forget the failures of this account at every address; returns how many records there were."""
    return AxesProxyHandler.reset_attempts(username=user.username)
