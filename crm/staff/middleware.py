"""For each request of a member of staff: the limits of the session, their language and their clock."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from urllib.parse import urlencode

import pghistory
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect

from crm.staff.attending import note_act
from crm.staff.session_store import SessionStore

Answer = Callable[[HttpRequest], HttpResponse]
# Set by the page on what it fetches by itself: a screen nobody touches must not keep its session alive.
BACKGROUND = "X-Sapa-Background"


class SessionLimits:
    """Signs out what is older than SESSION_COOKIE_AGE or was idle for SESSION_IDLE; the page then asks to sign in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self.check(request, request.session, timezone.now())  # type: ignore[arg-type]
        return self.get_response(request)

    def check(self, request: HttpRequest, session: SessionStore, at: dt.datetime) -> None:
        if not session.has_begun():
            session.begin(at)
        elif session.age(at) >= dt.timedelta(seconds=settings.SESSION_COOKIE_AGE):
            end(request, _("Your session has lasted a whole working day: please sign in again."))
        elif session.idle(at) >= settings.SESSION_IDLE:
            end(request, idle_message())
        elif BACKGROUND not in request.headers and session.touch(at):
            note_act(request.user.pk, at)  # type: ignore[arg-type]  # somebody is signed in


def idle_message() -> str:
    minutes = int(settings.SESSION_IDLE.total_seconds() // 60)
    return ngettext(
        "You were signed out after %(minutes)d minute without activity.",
        "You were signed out after %(minutes)d minutes without activity.",
        minutes,
    ) % {"minutes": minutes}


def end(request: HttpRequest, message: str) -> None:
    logout(request)
    messages.info(request, message)


class PersonalSettings:
    """The user's clock; and the user's language before the cookie and the browser, which LocaleMiddleware reads."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            timezone.deactivate()
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            return self.get_response(request)


class SignInForFragments:
    """A fragment that would be sent to the log-in page sends the whole page there, not the form into a corner of it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        target = response.headers.get("Location", "").partition("?")[0]
        asks_log_in = response.status_code == 302 and target == resolve_url(settings.LOGIN_URL)
        if asks_log_in and request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(self.where(request))
        return response

    def where(self, request: HttpRequest) -> str:
        """Back to the page that the fragment belongs to, not to the fragment."""
        here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        page = here or resolve_url(settings.LOGIN_REDIRECT_URL)
        return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"


# Where settings are changed. Elsewhere nothing is tracked, and nobody pays for it.
SETTINGS = ("/settings/", "/staff/", "/channels/", "/api/clients/", "/admin/", "/canned/", "/breaches/", "/team/")


class ChangedBy:
    """The histories of settings name who changed them, whichever page did."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated or not request.path.startswith(SETTINGS):
            return self.get_response(request)
        with pghistory.context(by=request.user.pk):
            return self.get_response(request)
