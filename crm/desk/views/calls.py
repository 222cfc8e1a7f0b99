"""The call centre's screen: the bar on every page, the page of a call, the list of calls."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.calls.actions import choose_customer, new_customer, open_case_of, wrap_up
from crm.calls.errors import CallError
from crm.calls.listing import CallFilter
from crm.calls.matching import people_with
from crm.calls.models import Call
from crm.calls.queries import CallQuerySet
from crm.cases.errors import CaseError
from crm.customers.errors import BadContact
from crm.customers.looks import record_look
from crm.desk.calls import Screen
from crm.desk.customer import idic
from crm.desk.customer.contacts import timeline
from crm.desk.customer.head import Head
from crm.desk.customer.paging import page_back
from crm.desk.forms.calls import CallCaseForm, NewCallerForm, WrapUpForm
from crm.desk.tense import Now
from crm.lib.exports import hand_out
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest, allowed

SIZE = 30
RELATED = ("customer", "agent", "reason", "case", "wrapped_by")


@login_required
@require_safe
def bar(request: StaffRequest) -> HttpResponse:
    """The call that is this person's just now; empty without one. One query, asked by every page."""
    require(request.user, "call.take")
    found = Call.objects.now_at(request.user).select_related("customer").first()
    return render(request, "desk/calls/_bar.html", {"screen": Screen(found, request.user) if found else None})


@login_required
@require_safe
def call(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _seen(request, pk))


@login_required
@require_safe
def now(request: StaffRequest, pk: int) -> HttpResponse:
    """The part of the page that a telephone event changes."""
    found = _seen(request, pk)
    return render(request, "desk/calls/_side.html", _side(request, found))


def _seen(request: StaffRequest, pk: int) -> Call:
    if not may(request.user, "call.take"):
        require(request.user, "call.read")
    return get_object_or_404(_calls(request), pk=pk)


def _calls(request: StaffRequest) -> CallQuerySet:
    return Call.objects.visible_to(request.user).select_related(*RELATED)


def _side(request: StaffRequest, call: Call, **forms: Any) -> dict[str, Any]:
    may_take = may(request.user, "call.take")
    return {
        "call": call, "screen": Screen(call, request.user), "may_take": may_take,
        "wrap_form": WrapUpForm(call=call), "case_form": CallCaseForm(), "caller_form": NewCallerForm(),
    } | forms  # fmt: skip


def _page(request: StaffRequest, call: Call, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = _side(request, call, **forms)
    customer = call.customer
    if customer is not None and customer.erased_at is None:
        record_look(customer=customer, by=request.user, page="call")
        head = Head(customer, Now.of(request))
        context |= {"customer": customer, "head": head, "idic": idic.cards(head)} | timeline(customer, "", "")
        context["may_reveal"] = may(request.user, "customer.reveal")
    return render(request, "desk/calls/call.html", context, status=status)


def _taken(request: StaffRequest, pk: int) -> Call:
    require(request.user, "call.take")
    return get_object_or_404(_calls(request), pk=pk)


@login_required
@require_POST
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """One of those who have this number, or nobody: ask again."""
    call, chosen = _taken(request, pk), request.POST.get("customer", "")
    people = {str(one.pk): one for one in people_with(call.msisdn)}
    try:
        choose_customer(call=call, customer=people.get(chosen), by=request.user)
    except CallError as error:
        messages.error(request, str(error))
    return redirect("desk:call", pk)


@login_required
@require_POST
def new_caller(request: StaffRequest, pk: int) -> HttpResponse:
    call, form = _taken(request, pk), NewCallerForm(request.POST)
    if form.is_valid():
        try:
            new_customer(call=call, by=request.user, **form.cleaned_data)
            return redirect("desk:call", pk)
        except (CallError, BadContact) as error:
            form.add_error("number" if error.field in ("number", "msisdn") else None, str(error))
    return _page(request, call, status=422, caller_form=form)


@login_required
@require_POST
def open_case(request: StaffRequest, pk: int) -> HttpResponse:
    call, form = _taken(request, pk), CallCaseForm(request.POST)
    require(request.user, "case.open")
    if form.is_valid():
        try:
            case = open_case_of(call=call, by=request.user, **form.cleaned_data)
            case.refresh_from_db(fields=["number"])
            messages.success(request, _("Case #%(number)s opened") % {"number": case.number})
            return redirect("desk:call", pk)
        except (CallError, CaseError) as error:
            form.add_error(None, str(error))
    return _page(request, call, status=422, case_form=form)


@login_required
@require_POST
def wrap(request: StaffRequest, pk: int) -> HttpResponse:
    call = _taken(request, pk)
    form = WrapUpForm(request.POST, call=call)
    if form.is_valid():
        try:
            away = "away" in request.POST
            wrap_up(call=call, by=request.user, stays_away=away, **form.cleaned_data)
            messages.success(request, _("The call is wrapped up."))
            return redirect("desk:calls")
        except (CallError, CaseError) as error:
            form.add_error("case" if error.field == "case" and "case" in form.fields else None, str(error))
    return _page(request, call, status=422, wrap_form=form)


@login_required
@require_safe
def calls(request: StaffRequest) -> HttpResponse:
    """One's own; supervisors and service quality: of those they look after. The ones without wrap-up by themselves."""
    if not may(request.user, "call.take"):
        require(request.user, "call.read")
    form = CallFilter(request.GET, request.user)
    found, after = page_back(form.calls().select_related(*RELATED), "began_at", request.GET.get("after", ""), SIZE)
    kept = request.GET.copy()
    kept.pop("after", None)
    reads_others = may(request.user, "call.read")
    context = {
        "form": form, "screens": [Screen(one, request.user) for one in found], "after": after, "of": form.of_what,
        "waiting": Call.objects.visible_to(request.user).unwrapped().count(), "kept": kept.urlencode(),
        "reads_others": reads_others, "may_export": reads_others and may(request.user, "report.export"),
    }  # fmt: skip
    return render(request, "desk/calls/list.html", context)


@allowed("report.export")
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "call.read")
    return hand_out(request, "call-list", suffix)
