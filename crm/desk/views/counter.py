"""The counter of a GraPARI: one screen for one hand, and its queue. Every button is one verb of crm/visits, then the
screen again. What is done for whoever stands there: serving.py.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.desk.counter.floor import Floor
from crm.desk.counter.front import Front
from crm.desk.forms.counter import ArriveForm, SitForm
from crm.desk.tense import Now
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed
from crm.visits import actions
from crm.visits.errors import CounterNeeded, NoOffice, VisitError, WrongState
from crm.visits.models import Visit
from crm.visits.words import Result, VisitState

Act = Callable[..., HttpResponse]
PARTS = ("hall", "turn", "front", "acts")
serving = allowed("visit.serve")


def floor_of(request: StaffRequest) -> Floor:
    """Raises NoOffice."""
    if request.user.office is None:
        raise NoOffice
    return Floor(request.user.office, request.user, Now.of(request).at)


def visit_of(request: StaffRequest) -> Visit:
    """Who is in front of this counter. Raises WrongState: a press of a screen that is behind."""
    visit = floor_of(request).visit
    if visit is None:
        raise WrongState
    return visit


def back(request: StaffRequest) -> HttpResponse:
    """The screen as it is now; from a dialog too."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("desk:counter")


def told(act: Act) -> Act:
    """A refusal is said on the screen, which shows what is so."""

    @wraps(act)
    def asked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return act(request, *args, **kwargs)
        except VisitError as error:
            messages.error(request, str(error))
            return back(request)

    return asked


@serving
@require_safe
def counter(request: StaffRequest) -> HttpResponse:
    if request.user.office is None:
        return render(request, "desk/counter/nowhere.html")
    return render(request, "desk/counter/page.html", screen(request))


@serving
@require_safe
def part(request: StaffRequest, name: str) -> HttpResponse:
    """The queue or the customer again, when something changed."""
    if name not in PARTS:
        raise Http404
    return render(request, f"desk/counter/_{name}.html", screen(request))


def screen(request: StaffRequest) -> dict[str, Any]:
    floor = floor_of(request)
    front = Front(floor.visit, request.user, Now.of(request)) if floor.visit else None
    return {
        "floor": floor, "front": front, "visit": floor.visit, "customer": front.customer if front else None,
        "sit": SitForm(), "may_read": may(request.user, "customer.read"),
        "may_find_by_paper": may(request.user, "customer.find_by_paper"),
    }  # fmt: skip


@serving
@require_POST
@told
def sit(request: StaffRequest) -> HttpResponse:
    """Open a counter, or close it when no number is sent."""
    if "number" not in request.POST:
        actions.close_counter(by=request.user)
        return back(request)
    form = SitForm(request.POST)
    if form.is_valid():
        actions.open_counter(number=form.cleaned_data["number"], by=request.user)
    else:
        messages.error(request, _("A counter has a number from 1 to 99."))
    return back(request)


@serving
@require_POST
@told
def call(request: StaffRequest) -> HttpResponse:
    """The next one; whoever is served just now is done with."""
    floor = floor_of(request)
    if floor.counter is None:
        raise CounterNeeded
    visit = floor.visit
    if visit is None:
        called = actions.call_next(office=floor.office, counter=floor.counter.number, by=request.user)
    else:
        outcome = Result.CASE if visit.cases.exists() else Result.DONE
        called = actions.end_and_call_next(visit=visit, outcome=outcome, by=request.user)
    if called is None:
        messages.info(request, _("Nobody waits."))
    return back(request)


STEPS: dict[str, Callable[..., Any]] = {
    "again": actions.call_again,
    "start": actions.start_visit,
    "left": actions.leave,
}


@serving
@require_POST
@told
def step(request: StaffRequest, name: str) -> HttpResponse:
    if name not in STEPS:
        raise Http404
    STEPS[name](visit=visit_of(request), by=request.user)
    return back(request)


@serving
@require_http_methods(["GET", "POST"])
@told
def arrive(request: StaffRequest) -> HttpResponse:
    """A queue number given at the door."""
    office, form = floor_of(request).office, ArriveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        visit, _new = actions.check_in(office=office, by=request.user, **form.cleaned_data)
        messages.success(request, _("Queue number %(ticket)s") % {"ticket": visit.ticket})
        return back(request)
    return sheet(request, "arrive", form)


def sheet(request: StaffRequest, name: str, form: Any, **more: Any) -> HttpResponse:
    """A dialog; opened by itself it is a page."""
    shape = f"desk/counter/{name}.html" if getattr(request, "htmx", False) else "desk/counter/alone.html"
    context = {"form": form, "inside": f"desk/counter/{name}.html", "customer": None, **more}
    if context.get("visit"):
        context["customer"] = context["visit"].customer
        context["is_served"] = context["visit"].state == VisitState.SERVING
    return render(request, shape, context, status=422 if form.errors else 200)
