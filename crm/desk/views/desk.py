"""The desk: queues on the left, the opened case beside them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from crm.cases.models import Problem
from crm.desk.listing import listing, search_of
from crm.desk.looking import Look, look_at, record_look
from crm.desk.opened import opened
from crm.desk.shell import shell
from crm.desk.tense import Now
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User


@login_required
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Everybody begins where their work is."""
    return redirect("desk:breaches" if not may(request.user, "case.note") else "desk:desk")


@login_required
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """The list, and on a wide screen its first case."""
    require(request.user, "case.read")
    context = _left(request)
    first = context["rows"][0].case if context["rows"] else None
    if first is not None and not may(request.user, "case.read", first):
        first = None
    beside = opened(Look(first), request.user, Now.of(request)) if first else {}
    return render(request, "desk/desk.html", context | beside)


@login_required
@require_safe
def case(request: StaffRequest, number: int) -> HttpResponse:
    """One case: inside the desk's panes, or alone for the row that was clicked."""
    look = look_at(request.user, number)
    record_look(request.user, look)
    context = opened(look, request.user, Now.of(request))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/opened.html", context)
    return render(request, "desk/desk.html", _left(request) | context | {"pane": "talk"})


@login_required
@require_safe
def rows(request: StaffRequest) -> HttpResponse:
    """The list again, or its next page (`after`)."""
    require(request.user, "case.read")
    template = "desk/_rows.html" if request.GET.get("after") else "desk/_queue.html"
    return render(request, template, _left(request))


@login_required
@require_safe
def strip(request: StaffRequest) -> HttpResponse:
    """My nearest deadlines as they are now, and how many are due."""
    return render(request, "desk/strip.html", shell(request, whole=True))


@login_required
@require_safe
def filters(request: StaffRequest) -> HttpResponse:
    """The form that narrows the list, fetched when it is opened: it asks for teams, people and categories."""
    require(request.user, "case.read")
    search = search_of(request.GET.dict(), request.user, Now.of(request))
    return render(request, "desk/_filters.html", {"queue": search.queue, "filters": search.filters})


def _left(request: StaffRequest) -> dict[str, Any]:
    found = listing(request.GET.dict(), request.user, Now.of(request))
    return found | {"proposal": None if request.GET.get("after") else newest_proposal(request.user)}


def newest_proposal(user: User) -> Problem | None:
    """What waits for a decision stands above the list of those who decide."""
    if not may(user, "problem.manage"):
        return None
    found: Problem | None = (
        Problem.objects.filter(state=Problem.State.PROPOSED).select_related("category").order_by("-opened_at").first()
    )
    return found
