"""Saved views: the menu and the page of them, saving, sharing, pinning, putting in order, deleting with an undo."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.desk import queues
from crm.desk.forms.shelf import ViewForm
from crm.desk.listing import search_of, url_of
from crm.desk.models import View
from crm.desk.queues import QUEUES
from crm.desk.shelf import delete_view, move_pin, pin_view, pinned, restore_view, unpin_view
from crm.desk.tense import Now
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

MOVED = '{"sapa:moved": {}}'
DONE = '{"sapa:done": {}, "sapa:moved": {}}'


@login_required
@require_safe
def views(request: StaffRequest) -> HttpResponse:
    require(request.user, "case.read")
    return _shelf(request)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    """Save what the address searches for."""
    require(request.user, "case.read")
    asked = (request.POST if request.method == "POST" else request.GET).dict()
    query = search_of(asked, request.user, Now.of(request)).query
    form = ViewForm(request.POST if request.method == "POST" else None, user=request.user)
    return _saved(request, form, query) or _dialog(request, form, query)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, pk: int) -> HttpResponseBase:
    view = get_object_or_404(View, pk=pk, owner=request.user, deleted_at=None)
    now = {"name": view.name, "sharing": view.sharing, "team": view.team}
    form = ViewForm(request.POST if request.method == "POST" else None, user=request.user, view=view, initial=now)
    return _saved(request, form, view.query) or _dialog(request, form, view.query)


def _saved(request: StaffRequest, form: ViewForm, query: dict[str, str]) -> HttpResponseBase | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        view = form.perform(query)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(url_of(view))
    return HttpResponse(headers={"HX-Redirect": url_of(view)})


def _dialog(request: StaffRequest, form: ViewForm, query: dict[str, str]) -> HttpResponse:
    search = search_of(query, request.user, Now.of(request))
    context = {"form": form, "view": form.view, "query": query, "search": search}
    template = "desk/views/sheet.html" if request.htmx else "desk/views/form.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@require_POST
def delete(request: StaffRequest, pk: int) -> HttpResponseBase:
    view = get_object_or_404(View, pk=pk, owner=request.user, deleted_at=None)
    delete_view(view=view, by=request.user)
    return _toasted(
        request, _("View “%(name)s” deleted") % {"name": view.name}, reverse("desk:view-restore", args=[pk])
    )


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponseBase:
    view = get_object_or_404(View, pk=pk, owner=request.user)
    try:
        restore_view(view=view, by=request.user)
    except IntegrityError:
        return _toasted(request, _("You have a view of this name."))
    return _toasted(request, _("View “%(name)s” is back") % {"name": view.name})


@login_required
@require_POST
def arrange(request: StaffRequest, pk: int, how: str) -> HttpResponseBase:
    """pin, unpin, up or down."""
    view = get_object_or_404(View.objects.visible_to(request.user), pk=pk)
    match how:
        case "pin":
            pin_view(view=view, user=request.user)
        case "unpin":
            unpin_view(view=view, user=request.user)
        case _:
            move_pin(view=view, user=request.user, by=-1 if how == "up" else 1)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:views")
    response = _shelf(request)
    response["HX-Trigger"] = MOVED
    return response


def _toasted(request: StaffRequest, said: str, undo_url: str = "") -> HttpResponseBase:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:views")
    response = render(request, "desk/views/toast.html", {"said": said, "undo_url": undo_url} | _context(request))
    response["HX-Trigger"] = DONE
    return response


def _shelf(request: StaffRequest) -> HttpResponse:
    template = "desk/views/menu.html" if request.htmx else "desk/views/page.html"  # type: ignore[attr-defined]
    return render(request, template, _context(request))


def _context(request: StaffRequest) -> dict[str, Any]:
    """Pinned first, in their order, then the others; each with its count, all counted in one query."""
    user, now = request.user, Now.of(request)
    pins = pinned(user)
    found = {view.pk: view for view in View.objects.visible_to(user).select_related("owner", "team")}
    views = [found[view.pk] for view in pins] + [view for pk, view in found.items() if view not in pins]
    others = [queue for queue in QUEUES.values() if not queue.is_tab]
    counted = queues.tally(
        {queue.slug: queues.cases_in(queue, user, now) for queue in others}
        | {str(view.pk): search_of(view.query, user, now).cases for view in views}
    )
    return {
        "views": [(view, url_of(view), queues.shown(counted[str(view.pk)]), view in pins) for view in views],
        "others": [(queue, queues.shown(counted[queue.slug])) for queue in others],
        "kept": request.GET.urlencode(),
        "may_bulk": may(user, "bulk.run"),
    }
