"""Opening a case by hand, logging a contact, and saying that something is no case."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.cases.actions import set_aside
from crm.cases.errors import CaseError
from crm.cases.models import Case
from crm.customers.contacts import read_contacts
from crm.customers.errors import BadContact
from crm.customers.models import Customer
from crm.desk.forms.intake import AsideForm, LogForm, NewCaseForm
from crm.desk.looking import own_case
from crm.desk.views.answering import parts
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.staff.models import User
from crm.timeline.models import Direction, Interaction


@login_required
@require_http_methods(["GET", "POST"])
def new_case(request: StaffRequest) -> HttpResponse:
    require(request.user, "case.open")
    form = NewCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = form.open(request.user)
        except (BadContact, CaseError) as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _opened(request, case)
    return render(request, "desk/new.html", {"form": form}, status=422 if form.errors else 200)


def _opened(request: StaffRequest, case: Case | None) -> HttpResponse:
    if case is None:
        messages.success(request, _("Put aside as no case"))
        return redirect("desk:desk")
    case.refresh_from_db(fields=["number"])
    messages.success(request, _("Case #%(number)s opened") % {"number": case.number})
    return redirect("desk:case", case.number)


@login_required
@require_safe
def find_customer(request: StaffRequest) -> HttpResponse:
    """Who that is, while the number is being typed."""
    require(request.user, "case.open")
    given = {name: request.GET.get(name, "")[:254] for name in ("msisdn", "email", "handle", "network")}
    return render(request, "desk/new_customer.html", {"given": any(given.values()), **_found(request.user, given)})


def _found(user: User, given: dict[str, str]) -> dict[str, object]:
    try:
        contacts = read_contacts(**given)
    except BadContact as error:
        return {"wrong": str(error) if given.get(error.field) else ""}
    for contact in contacts:
        points = {"kind": contact.kind, "network": contact.network, "value": contact.value}
        known = Customer.objects.filter(**{f"contact_points__{k}": v for k, v in points.items()}).first()
        if known is not None:
            return {
                "customer": known,
                "cases": Case.objects.visible_to(user).live().running().filter(customer=known)[:5],
            }
    return {}


@login_required
@require_http_methods(["GET", "POST"])
def log_contact(request: StaffRequest, number: int) -> HttpResponse:
    """A call, visit or letter that took place, on a case that exists."""
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    form = LogForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.log(case, request.user)
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _changed(request, number, _("Contact recorded"))
    return render(request, "desk/acts/contact.html", {"case": case, "form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def no_case(request: StaffRequest, number: int) -> HttpResponse:
    """Spam or noise: the message that opened the case is put aside, and the case with it."""
    case = own_case(request.user, number)
    require(request.user, "case.reject", case)
    form = AsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        first = Interaction.objects.filter(in_case__case=case, direction=Direction.IN).order_by("at").first()
        if first is not None:
            set_aside(interaction=first, by=request.user, **form.cleaned_data)
        return _changed(request, number, _("Put aside as no case"))
    return render(request, "desk/acts/aside.html", {"case": case, "form": form}, status=422 if form.errors else 200)


def _changed(request: StaffRequest, number: int, said: str) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect("desk:case", number)
    response = parts(request, number, said=said, icon="circle-check")
    response["HX-Trigger"] = '{"sapa:done": {}}'
    return response
