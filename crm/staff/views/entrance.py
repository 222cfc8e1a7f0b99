"""The log-in page, the second step, and the way out."""

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.staff import actions
from crm.staff.access import is_working
from crm.staff.entrance import come_in, log_refusal, safe_next, try_second_step, waiting_half
from crm.staff.forms.entrance import SecondStepForm, SignInForm
from crm.staff.models import Presence, Team

DESK_COOKIE, YEAR = "desk", 365 * 86_400


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request, request.POST or None, initial={"team": request.COOKIES.get(DESK_COOKIE, "")})
    if form.is_valid():
        return _signed_in(request, form, target)
    if form.is_bound:
        _refused(request, form)
    context = {"form": form, "next": target, "sign_on_url": sign_on_url(target)}
    return render(request, "staff/login.html", context, status=429 if form.is_locked else 200)


def _signed_in(request: HttpRequest, form: SignInForm, target: str) -> HttpResponse:
    team, available = form.cleaned_data["team"], form.cleaned_data["available"]
    assert form.user is not None
    response = come_in(request, form.user, target=target, team=team, available=available)
    _remember_desk(response, team)
    return response


def _remember_desk(response: HttpResponse, team: Team | None) -> None:
    """People sit at the same desk for weeks; it is the desk's browser that remembers, not the person."""
    if team:
        response.set_cookie(DESK_COOKIE, team.code, max_age=YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(DESK_COOKIE, samesite="Lax")


def _refused(request: HttpRequest, form: SignInForm) -> None:
    if form.cleaned_data.get("username") and form.cleaned_data.get("password"):
        log_refusal(request, form.cleaned_data["username"], form.is_locked)


def sign_on_url(target: str) -> str:
    """Where the company's own sign-on begins; empty when it is not set up."""
    if not settings.OIDC_RP_CLIENT_ID:
        return ""
    return f"{reverse('staff:company')}?{urlencode({'next': target})}"


@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    waiting = waiting_half(request)
    if waiting is None:
        return redirect("staff:login")
    user, half = waiting
    form = SecondStepForm(request.POST or None)
    if form.is_valid():
        response = try_second_step(request, user, half, form.cleaned_data["token"])
        if response:
            return response
        if waiting_half(request) is None:
            messages.error(request, _("Too many wrong codes: please begin again."))
            return redirect("staff:login")
        form.add_error("token", _("This code is not right. Wait for the next one and try again."))
    return render(request, "staff/second_step.html", {"form": form, "person": user})


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    if is_working(request.user):
        actions.set_presence(user=request.user, presence=Presence.AWAY)
    auth.logout(request)
    return redirect("staff:login")
