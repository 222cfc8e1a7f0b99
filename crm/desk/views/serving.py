"""Whoever stands at the counter: found, or new; their paper, their case, the end of the visit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases.errors import CaseError
from crm.customers.errors import BadContact, BadPaper
from crm.customers.looks import record_look
from crm.customers.models import Customer
from crm.desk.counter.finding import find
from crm.desk.counter.front import Front
from crm.desk.forms.counter import EndForm, NewcomerForm, PaperForm, RegisterForm
from crm.desk.tense import Now
from crm.desk.views.counter import back, floor_of, serving, sheet, told, visit_of
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.visits import actions
from crm.visits.errors import CounterNeeded, PaperDiffers
from crm.visits.words import Result


@serving
@require_safe
def find_customer(request: StaffRequest) -> HttpResponse:
    """Who that is, while it is being typed."""
    by = request.GET.get("by", "")
    if by == "nik":
        require(request.user, "customer.find_by_paper")
    found = find(by, request.GET.get("q", "")[:100])
    return render(request, "desk/counter/_found.html", {"found": found, "newcomer": NewcomerForm()})


@serving
@require_POST
@told
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """This is who stands here; somebody without a queue number is served at once."""
    customer = get_object_or_404(Customer, pk=pk, absorbed_into=None, erased_at=None)
    return _stands_here(request, customer)


@serving
@require_POST
@told
def newcomer(request: StaffRequest) -> HttpResponse:
    """Nobody has this number: a record of their own."""
    form = NewcomerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Type the number and the name."))
        return back(request)
    try:
        customer = form.make()
    except BadContact as error:
        messages.error(request, str(error))
        return back(request)
    return _stands_here(request, customer)


def _stands_here(request: StaffRequest, customer: Customer) -> HttpResponse:
    floor = floor_of(request)
    if floor.counter is None:
        raise CounterNeeded
    record_look(customer=customer, by=request.user, page="counter")
    if floor.visit is None:
        actions.walk_up(office=floor.office, counter=floor.counter.number, customer=customer, by=request.user)
    else:
        actions.name_customer(visit=floor.visit, customer=customer, by=request.user)
    return back(request)


@serving
@require_http_methods(["GET", "POST"])
@told
def register(request: StaffRequest) -> HttpResponse:
    """A case of who stands here."""
    visit = visit_of(request)
    form = RegisterForm(request.POST or None, visit=visit)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("text", "kind", "category", "subject")}
        assignee = request.user if form.cleaned_data["mine"] else None
        try:
            case = actions.register_case(visit=visit, by=request.user, assignee=assignee, **said)
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            case.refresh_from_db(fields=["number"])
            messages.success(request, _("Case #%(number)s opened") % {"number": case.number})
            return back(request)
    return sheet(request, "register", form, visit=visit)


@serving
@require_http_methods(["GET", "POST"])
@told
def paper(request: StaffRequest) -> HttpResponse:
    """Which paper was seen, and by whom."""
    visit, form = visit_of(request), PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("paper", "number")}
        try:
            actions.see_paper(visit=visit, by=request.user, **said)
        except (BadPaper, PaperDiffers) as error:
            form.add_error("number", str(error))
        else:
            return back(request)
    front = Front(visit, request.user, Now.of(request))
    return sheet(request, "paper", form, visit=visit, front=front)


@serving
@require_http_methods(["GET", "POST"])
@told
def end(request: StaffRequest) -> HttpResponse:
    visit = visit_of(request)
    likely = Result.CASE if visit.cases.exists() else Result.DONE
    form = EndForm(request.POST or None, initial={"outcome": likely})
    if request.method == "POST" and form.is_valid():
        actions.end_visit(visit=visit, by=request.user, **form.cleaned_data)
        return back(request)
    return sheet(request, "end", form, visit=visit)
