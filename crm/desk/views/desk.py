"""The desk: queues on the left, the opened case beside them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from crm.desk import queues
from crm.desk.forms.filters import FilterForm
from crm.desk.looking import Look, look_at, record_look
from crm.desk.opened import opened
from crm.desk.rows import rows_of
from crm.desk.shell import shell
from crm.desk.tense import Now
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

MOST_ROWS = 200  # how many rows a page that scrolled on fetches again at once


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
    context = listing(request)
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
    return render(request, "desk/desk.html", listing(request) | context | {"pane": "talk"})


@login_required
@require_safe
def rows(request: StaffRequest) -> HttpResponse:
    """The list again, or its next page (`after`)."""
    require(request.user, "case.read")
    template = "desk/_rows.html" if request.GET.get("after") else "desk/_queue.html"
    return render(request, template, listing(request))


@login_required
@require_safe
def strip(request: StaffRequest) -> HttpResponse:
    """My nearest deadlines as they are now, and how many are due."""
    return render(request, "desk/strip.html", shell(request, whole=True))


def listing(request: StaffRequest) -> dict[str, Any]:
    """The left pane, from the address: queue, filters, cursor."""
    user, now = request.user, Now.of(request)
    queue = queues.QUEUES.get(request.GET.get("queue", ""), queues.QUEUES["mine"])
    filters = FilterForm(request.GET)
    cases = filters.narrow(queues.cases_in(queue, user, now))
    page, after = queues.page(cases, request.GET.get("after", ""), _size(request))
    return {
        "queue": queue,
        "tabs": [] if request.GET.get("after") else _tabs(request, filters, now),
        "filters": filters,
        "rows": rows_of(page, now),
        "after": after,
        "kept": _kept(request),
        "current": request.GET.get("open", ""),
        "may_open": may(user, "case.open"),
    }


def _size(request: StaffRequest) -> int:
    """A list that has scrolled on comes back as long as it was."""
    asked = request.GET.get("size", "")
    return min(MOST_ROWS, max(queues.PAGE, int(asked))) if asked.isdecimal() else queues.PAGE


def _tabs(request: StaffRequest, filters: FilterForm, now: Now) -> list[tuple[queues.Queue, str]]:
    counted = queues.counts(request.user, now, filters.narrow)
    return [(queue, queues.shown(counted[slug])) for slug, queue in queues.QUEUES.items()]


def _kept(request: StaffRequest) -> str:
    """The filters in force, for links that keep them."""
    query = request.GET.copy()
    for name in ("queue", "after", "size", "open"):
        query.pop(name, None)
    return "".join(f"&{part}" for part in query.urlencode().split("&") if part and not part.endswith("="))
