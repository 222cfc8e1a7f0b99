"""A customer's page: its tabs, its timeline, and the reveal of a number or address."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.cases.errors import CaseError
from crm.cases.models import Case
from crm.customers.looks import record_look
from crm.customers.models import ContactPoint, Customer
from crm.desk.customer import idic, recent
from crm.desk.customer.contacts import timeline
from crm.desk.customer.head import Head
from crm.desk.customer.tabs import Tab, shown_to, tab_of, url_of
from crm.desk.forms.intake import CaseOfForm
from crm.desk.tense import Now
from crm.desk.views.persons import revealed
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def customer(request: StaffRequest, pk: int, tab: str = "overview") -> HttpResponse:
    """One tab, in the page's frame. Opening it is a look, and is recorded."""
    shown = _tab(request, tab)
    found = get_object_or_404(Customer.objects.select_related("absorbed_into"), pk=pk)
    if found.absorbed_into:
        return redirect(url_of(found.absorbed_into, shown))
    record_look(customer=found, by=request.user, page=shown.code)
    if found.erased_at:
        return render(request, "desk/customer/erased.html", {"customer": found})
    recent.remember(request, found)
    context = _frame(request, found, shown) | shown.fetch(found, request)
    return render(request, shown.template, context)


def _tab(request: StaffRequest, code: str) -> Tab:
    require(request.user, "customer.read")
    shown = tab_of(code)
    if shown is None:
        raise Http404
    require(request.user, shown.right)
    return shown


def _frame(request: StaffRequest, found: Customer, tab: Tab) -> dict[str, Any]:
    head = Head(found, Now.of(request))
    return {
        "customer": found, "head": head, "idic": idic.cards(head), "tab": tab,
        "tabs": shown_to(request.user, found, tab),
        "may_reveal": may(request.user, "customer.reveal"), "may_open": may(request.user, "case.open"),
    }  # fmt: skip


@login_required
@require_safe
def more_contacts(request: StaffRequest, pk: int) -> HttpResponse:
    """The timeline with another filter, or its next page."""
    require(request.user, "customer.read")
    found = get_object_or_404(Customer, pk=pk, erased_at=None)
    asked = timeline(found, request.GET.get("channel", ""), request.GET.get("after", ""))
    template = "desk/customer/_knots.html" if request.GET.get("after") else "desk/customer/_timeline.html"
    return render(request, template, asked | {"customer": found})


@login_required
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, pk: int, point: int) -> HttpResponse:
    """A number or address in clear, with a reason that is kept."""
    require(request.user, "customer.reveal")
    contact = get_object_or_404(ContactPoint, pk=point, customer=pk)
    return revealed(request, contact)


@login_required
@require_http_methods(["GET", "POST"])
def open_case(request: StaffRequest, pk: int) -> HttpResponse:
    """What they bring now becomes a case, without naming them once more."""
    require(request.user, "customer.read")
    require(request.user, "case.open")
    found = get_object_or_404(Customer, pk=pk, erased_at=None, absorbed_into=None)
    form = CaseOfForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _opened(request, form.open(found, request.user))
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {"customer": found, "form": form}
    return render(request, "desk/customer/new_case.html", context, status=422 if form.errors else 200)


def _opened(request: StaffRequest, case: Case) -> HttpResponse:
    case.refresh_from_db(fields=["number"])
    messages.success(request, _("Case #%(number)s opened") % {"number": case.number})
    url = reverse("desk:case", args=[case.number])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)
