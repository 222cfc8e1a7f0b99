"""What came in and could not be taken in: why, and what a person decides. Never what is in it."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.messaging.arrivals import retry_arrival, set_arrival_aside
from crm.messaging.models import Arrival, Connection
from crm.messaging.paging import newest
from crm.messaging.views.outbox import chosen
from crm.staff.guard import StaffRequest, allowed

DECISIONS: dict[str, Callable[..., Arrival]] = {"again": retry_arrival, "aside": set_arrival_aside}
# What one press takes up again: a request lasts seconds, the rest waits for the next press.
AT_ONCE = 500


@allowed("channel.manage")
@require_safe
def arrivals(request: StaffRequest) -> HttpResponse:
    connection = chosen(request.GET.get("connection", ""))
    found = _failed(connection)
    rows, pages = newest(request, found.defer("body").select_related("connection"))
    context = {"rows": rows, "connection": connection, "count": found.count()}
    return render(request, "messaging/arrivals.html", context | pages)


@allowed("channel.manage")
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    decision = DECISIONS.get(request.POST.get("decision", ""))
    arrival = get_object_or_404(Arrival, pk=pk)
    if decision is None:
        return HttpResponse(status=400)
    decision(arrival=arrival, by=request.user)
    messages.success(request, _("It is taken up again now.") if decision is retry_arrival else _("Set aside."))
    return _back(request)


@allowed("channel.manage")
@require_POST
def retry_all(request: StaffRequest) -> HttpResponse:
    """After a fault of ours is mended, hundreds may wait for it."""
    waiting = list(_failed(chosen(request.POST.get("connection", ""))).defer("body").order_by("pk")[:AT_ONCE])
    for arrival in waiting:
        retry_arrival(arrival=arrival, by=request.user)
    said = ngettext("%(count)d is taken up again now.", "%(count)d are taken up again now.", len(waiting))
    messages.success(request, said % {"count": len(waiting)})
    return _back(request)


def _back(request: StaffRequest) -> HttpResponse:
    connection = request.POST.get("connection", "")
    query = f"?connection={connection}" if connection.isdecimal() else ""
    return redirect(reverse("messaging:arrivals") + query)


def _failed(connection: Connection | None) -> QuerySet[Arrival]:
    failed = Arrival.objects.failed()
    return failed.filter(connection=connection) if connection else failed
