"""What every public page has in common: it is kept by nobody, found by nobody, says to nobody where it was opened,
needs no cookie, and speaks the language that was asked for.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from crm.staff.words import Language
from crm.web.limits import TooOften
from crm.web.uploads import bound

View = Callable[..., HttpResponseBase]
HELP, EMBED = "help", "embed"


def public(view: View) -> View:
    """The page's own signed ticket, or the secret in its address, stands in for a CSRF cookie."""

    @csrf_exempt
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            bound(request)
        with translation.override(asked_language(request) or get_language()):
            response = view(request, *args, **kwargs)
        return _discreet(response)

    return shown


def asked_language(request: HttpRequest) -> str:
    """In the address, so that it works without cookies; empty where nobody chose."""
    asked = request.GET.get("lang", "")
    return asked if asked in Language.values else ""


def _discreet(response: HttpResponseBase) -> HttpResponseBase:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def framed(response: HttpResponse, page: str) -> HttpResponse:
    """The form for frames may be shown by the operator's own sites, and by no other."""
    if page == EMBED and settings.FORM_EMBED_ORIGINS:
        response._csp_replace = {"frame-ancestors": settings.FORM_EMBED_ORIGINS}  # type: ignore[attr-defined]
        response.xframe_options_exempt = True
    return response


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    other = "en" if (get_language() or "id").startswith("id") else "id"
    return render(request, f"web/{template}.html", context | {"other_language": other}, status=status)


def too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    """Where nothing was typed that could be kept."""
    return waited(page(request, "too_often", 429, minutes=minutes(error)), error)


def waited(response: HttpResponse, error: TooOften) -> HttpResponse:
    response["Retry-After"] = str(error.seconds)
    return response


def minutes(error: TooOften) -> int:
    return -(-error.seconds // 60)
