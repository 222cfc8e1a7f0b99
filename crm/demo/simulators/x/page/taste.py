"""Language and theme, kept in cookies."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 86_400
THEMES = ("light", "dark", "auto")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, wanted, [code for code, _name in settings.LANGUAGES])


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """theme.js has set the cookie by itself; without it the button goes from light to dark and back."""
    wanted = request.POST.get("theme", "")
    if wanted == "toggle":
        wanted = "light" if request.COOKIES.get("theme") == "dark" else "dark"
    return _kept(request, "theme", wanted, THEMES)


def _kept(request: HttpRequest, name: str, wanted: str, offered: list[str] | tuple[str, ...]) -> HttpResponse:
    there = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()})
    response = redirect(there if safe else "/")
    if wanted in offered:
        response.set_cookie(name, wanted, max_age=YEAR, samesite="Lax")
    return response
