"""From a proven password to a session: the second step in between, the desk, the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import login as otp_login
from django_otp import match_token, user_has_device

from crm.staff import actions
from crm.staff.backends import find_person
from crm.staff.models import SignInMethod, SignInOutcome, Team, User
from crm.staff.visitor import browser, client_ip

HALF = "half_signed_in"
HALF_LASTS = dt.timedelta(minutes=5)
TRIES = 5


@dataclass
class Half:
    """Who has proven a password and still owes the second step; lives in the session of somebody not signed in."""

    user: int
    fingerprint: str
    until: float
    method: str
    backend: str
    next: str
    team: int | None
    available: bool
    tries: int = 0


def safe_next(request: HttpRequest, target: str | None) -> str:
    """`target` if it is a page of this site, else the first page: nobody is led away by a link to our log-in."""
    here = {request.get_host()}
    if target and url_has_allowed_host_and_scheme(target, here, require_https=request.is_secure()):
        return target
    return resolve_url("desk:home")


def come_in(
    request: HttpRequest, user: User, *, target: str, method: str = SignInMethod.PASSWORD,
    team: Team | None = None, available: bool = False,
) -> HttpResponse:  # fmt: skip
    """Let in, or ask for the second step where this person has one."""
    half = Half(
        user=user.pk, fingerprint=user.get_session_auth_hash(), until=(timezone.now() + HALF_LASTS).timestamp(),
        method=method, backend=user.backend, next=target, team=team.pk if team else None, available=available,
    )  # fmt: skip
    if not user_has_device(user):
        return let_in(request, user, half)
    request.session.cycle_key()
    request.session[HALF] = asdict(half)
    return redirect("staff:second_step")


def waiting_half(request: HttpRequest) -> tuple[User, Half] | None:
    """Who stands at the second step; None when nobody does, it took too long, or the password changed meanwhile."""
    stored: dict[str, Any] | None = request.session.get(HALF)
    if stored is None:
        return None
    half = Half(**stored)
    user = User.objects.working().filter(pk=half.user).first()
    late = timezone.now().timestamp() > half.until
    if user is None or late or user.get_session_auth_hash() != half.fingerprint:
        del request.session[HALF]
        return None
    return user, half


def try_second_step(request: HttpRequest, user: User, half: Half, token: str) -> HttpResponse | None:
    """Let in with a right code. A wrong one is logged and slows the next one down; TRIES of them end the half."""
    device = match_token(user, token)
    if device is not None:
        response = let_in(request, user, half)
        otp_login(request, device)
        return response
    log(request, user, SignInOutcome.SECOND_STEP_FAILED, half.method)
    half.tries += 1
    if half.tries < TRIES:
        request.session[HALF] = asdict(half)
    else:
        del request.session[HALF]
    return None


def let_in(request: HttpRequest, user: User, half: Half) -> HttpResponse:
    request.session.pop(HALF, None)
    auth.login(request, user, backend=half.backend)
    team = Team.objects.filter(pk=half.team).first() if half.team else None
    actions.take_up_desk(user=user, team=team, available=half.available)
    log(request, user, SignInOutcome.OK, half.method)
    return redirect(half.next)


def log(request: HttpRequest, user: User | None, outcome: str, method: str = SignInMethod.PASSWORD) -> None:
    actions.record_sign_in(user=user, outcome=outcome, method=method, ip=client_ip(request), browser=browser(request))


def log_refusal(request: HttpRequest, typed: str, locked: bool) -> None:
    """A wrong password, whoever's it was meant to be."""
    log(request, find_person(typed), SignInOutcome.LOCKED if locked else SignInOutcome.FAILED)
