"""Settings page: the systems that may call us."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from crm.api.actions import create_client, revoke_client, rotate_secret
from crm.api.forms import ClientForm
from crm.api.models import ApiClient
from crm.staff import access
from crm.staff.models import User

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """Signed in: `for_managers` has seen to it."""

    user: User


def for_managers(view: View) -> View:
    @login_required
    @never_cache
    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, "api.manage")
        return view(cast(StaffRequest, request), *args, **kwargs)

    return allowed


def all_clients() -> QuerySet[ApiClient]:
    """With the time of the newest token: who still calls."""
    newest_token = Max("application__accesstoken__created")
    return ApiClient.objects.select_related("application", "team").annotate(seen_at=newest_token)


@for_managers
def clients(request: StaffRequest) -> HttpResponse:
    return render(request, "api/clients.html", {"clients": all_clients()})


@for_managers
def new_client(request: StaffRequest) -> HttpResponse:
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        client, secret = create_client(by=request.user, **form.cleaned_data)
        return show_secret(request, client, secret)
    return render(request, "api/new_client.html", {"form": form}, status=400 if form.errors else 200)


@for_managers
def rotate(request: StaffRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(ApiClient, pk=pk, revoked_at=None)
    if request.method == "POST":
        return show_secret(request, client, rotate_secret(client=client, by=request.user))
    says = _("The secret used until now stops at once, and with it every token. The system must be given the new one.")
    asked = {"heading": _("Give a new secret?"), "says": says, "button": _("Give a new secret")}
    return render(request, "api/sure.html", {"client": client} | asked)


@for_managers
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(ApiClient, pk=pk, revoked_at=None)
    if request.method == "POST":
        revoke_client(client=client, by=request.user)
        messages.success(request, _("%(name)s is shut out.") % {"name": client.name})
        return redirect("api:clients")
    says = _("It can read and open nothing from then on, and this cannot be undone. Its cases stay.")
    return render(
        request,
        "api/sure.html",
        {"client": client, "heading": _("Shut this client out?"), "says": says, "button": _("Shut out")},
    )


def show_secret(request: StaffRequest, client: ApiClient, secret: str) -> HttpResponse:
    """The one answer that carries the secret: never stored, by us, a session or a cache."""
    return render(request, "api/secret.html", {"client": client, "secret": secret})
