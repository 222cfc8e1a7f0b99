"""Who is at the door of the live process: the session's cookie says, and from which page they may come."""

import datetime as dt
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import timezone

from crm.desk.live.audience import Listener
from crm.staff.access import is_working, may, scope
from crm.visits.queries import offices_of

Headers = dict[bytes, bytes]


def session_key(headers: Headers) -> str:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def admit(key: str) -> Listener | None:
    """The member of staff behind a session, and whose cases they read; None for everybody else. Blocks: database."""
    close_old_connections()
    try:
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        user = get_user(request)
        if not is_working(user) or _is_over(request.session):
            return None
        offices = frozenset(offices_of(user).values_list("pk", flat=True)) if may(user, "visit.read") else frozenset()
        return Listener(user.pk, scope(user), offices, may(user, "room.read"))
    finally:
        close_old_connections()


def _is_over(session: object) -> bool:
    """The limits that the pages keep (crm/staff/middleware.py). Listening is no sign of life and touches nothing."""
    now = timezone.now()
    if not session.has_begun():  # type: ignore[attr-defined]
        return False
    too_old = session.age(now) >= dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)  # type: ignore[attr-defined]
    return bool(too_old or session.idle(now) >= settings.SESSION_IDLE)  # type: ignore[attr-defined]


def allowed_origin(headers: Headers) -> bytes | None:
    """The page's origin when it is ours: the configured one, or the same host on another port (local set-up).

    Empty when the browser names none (same origin); None when it is a stranger's.
    """
    origin = headers.get(b"origin", b"")
    if not origin:
        return b""
    name = origin.decode("latin-1")
    ours = {_origin(settings.SITE_URL), *settings.CSRF_TRUSTED_ORIGINS}
    own_host = urlsplit(f"//{headers.get(b'host', b'').decode('latin-1')}").hostname
    same_machine = not settings.PRODUCTION and urlsplit(name).hostname == own_host
    return origin if name in ours or same_machine else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
