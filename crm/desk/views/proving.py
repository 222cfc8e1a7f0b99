"""Saying that a customer proved in private who they are, and taking that back."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.cases.actions import prove_identity, take_back_identity
from crm.cases.errors import CaseError
from crm.cases.models import Case
from crm.customers.errors import BadContact, CannotProve, NotProvisional
from crm.customers.linking import holder_of_number, is_provisional
from crm.customers.models import ContactPoint, Customer, Proof
from crm.desk.forms.proving import ProveForm
from crm.desk.looking import own_case
from crm.desk.person import Person
from crm.desk.proofs import may_take_back, proofs_of
from crm.desk.views.answering import parts
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
def prove(request: StaffRequest, number: int, point: int) -> HttpResponse:
    """Which number; who that is, when it is somebody we know; then it is done."""
    case = own_case(request.user, number)
    require(request.user, "customer.prove")
    require(request.user, "case.answer", case)
    handle = get_object_or_404(ContactPoint, pk=point, customer=case.customer_id, kind=ContactPoint.Kind.HANDLE)
    given = request.POST if request.method == "POST" else None
    form = ProveForm(given, case=case, point=handle)
    if request.method == "POST" and form.is_valid():
        return _prove(request, case, handle, form)
    return _sheet(request, case, handle, form)


def _prove(request: StaffRequest, case: Case, handle: ContactPoint, form: ProveForm) -> HttpResponse:
    try:
        holder = holder_of_number(form.number)
        if holder is not None and holder.pk not in (case.customer_id, form.cleaned_data["expected"]):
            return _confirm(request, case, handle, form, holder)
        prove_identity(
            case=case, point=handle, msisdn=form.number, by=request.user, expected=form.cleaned_data["expected"]
        )
    except (BadContact, CannotProve, CaseError) as error:
        form.add_error("msisdn" if isinstance(error, BadContact) else None, str(error))
        return _sheet(request, case, handle, form)
    said = _("Identity proven. Handle and number are verified.")
    return _done(request, case, _("Linked to %(name)s") % {"name": holder} if holder else said, "shield-check")


def _confirm(
    request: StaffRequest, case: Case, handle: ContactPoint, form: ProveForm, holder: Customer
) -> HttpResponse:
    """Nothing moves before the agent has seen to whom."""
    if not is_provisional(case.customer):
        raise NotProvisional
    context = {
        "case": case, "handle": handle, "form": form, "holder": holder,
        "known": Person(holder, list(holder.contact_points.order_by("kind", "pk"))),
        "cases": case.customer.cases.count(), "contacts": case.customer.interactions.count(),
    }  # fmt: skip
    return render(request, "desk/person/link.html", context)


def _sheet(request: StaffRequest, case: Case, handle: ContactPoint, form: ProveForm) -> HttpResponse:
    context = {"case": case, "handle": handle, "form": form}
    return render(request, "desk/person/prove.html", context, status=422 if form.errors else 200)


def _done(request: StaffRequest, case: Case, said: str, icon: str) -> HttpResponse:
    """Who the customer is stands everywhere on the page."""
    response = parts(request, case.number, fresh=True, whole=True, said=said, icon=icon)
    response["HX-Trigger"] = '{"sapa:done": {}, "sapa:moved": {}}'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def take_back(request: StaffRequest, number: int, proof: int) -> HttpResponse:
    """A wrong link, parted again by who made it, or by a supervisor."""
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    found: Proof = get_object_or_404(proofs_of(case), pk=proof)
    if not may_take_back(request.user, found):
        raise PermissionDenied
    wrong = ""
    if request.method == "POST":
        try:
            take_back_identity(proof=found, by=request.user)
        except CannotProve as error:
            wrong = str(error)
        else:
            return _done(request, case, _("Taken back. The handle is a claim again."), "unlink")
    context = {"case": case, "proof": found, "wrong": wrong}
    return render(request, "desk/person/take_back.html", context, status=422 if wrong else 200)
