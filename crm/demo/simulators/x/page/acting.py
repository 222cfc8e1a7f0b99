"""Whom one acts as: the page's address says it, a cookie remembers it for addresses that don't."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from crm.demo.simulators.x import here, people
from crm.demo.simulators.x.people import User

REMEMBERED = "x-simulator-as"


def acting_as(username: str) -> User:
    """Anybody but the operator. Raises Http404."""
    if user := _customer(username):
        return user
    raise Http404


def last_one(request: HttpRequest) -> User | None:
    return _customer(request.COOKIES.get(REMEMBERED, ""))


def _customer(username: str) -> User | None:
    user = people.by_name(here.store(), username)
    return user if user and not user.is_ours else None


def fragment(
    request: HttpRequest, name: str, me: User, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of this customer, or a part of it."""
    return render(request, f"demo/x/{name}.html", {"me": me, "us": here.us()} | (context or {}), status=status)
