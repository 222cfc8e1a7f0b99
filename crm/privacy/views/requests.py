"""Requests of customers about their data: noted, listed by deadline, decided; and the file they asked for."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases.errors import CaseError
from crm.customers.errors import CannotConsent
from crm.customers.models import Customer
from crm.privacy.asking import open_request
from crm.privacy.deciding import grant, propose_erasure, refuse
from crm.privacy.erasing import stands_against
from crm.privacy.errors import PrivacyError
from crm.privacy.files import ask_for_file, take_file
from crm.privacy.forms import AskForm, DecideForm
from crm.privacy.models import DataRequest
from crm.privacy.queries import WITH, page_of
from crm.privacy.words import Kind, State
from crm.staff.guard import StaffRequest, allowed

ACTS: dict[str, Callable[..., DataRequest]] = {"grant": grant, "refuse": refuse, "propose": propose_erasure}


@allowed("privacy.ask")
@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk, erased_at=None, absorbed_into=None)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_request(customer=customer, by=request.user, **form.cleaned_data)
        except PrivacyError as error:
            form.add_error(error.field or None, str(error))
        except (CaseError, CannotConsent) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The request is noted as case #%(number)s.") % {"number": made.case.number})
            return _back(request, customer)
    status = 422 if form.errors else 200
    return render(request, "privacy/ask.html", {"customer": customer, "form": form}, status=status)


def _back(request: StaffRequest, customer: Customer) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("desk:customer_tab", customer.pk, "privacy")


@allowed("privacy.manage")
@require_safe
def requests(request: StaffRequest) -> HttpResponse:
    state = "ended" if request.GET.get("state") == "ended" else "standing"
    rows, after = page_of(state, request.GET.get("after", ""))
    context = {"rows": rows, "after": after, "state": state, "now": timezone.now()}
    return render(request, "privacy/requests.html", context)


@allowed("privacy.manage")
@require_http_methods(["GET", "POST"])
def one(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DataRequest.objects.select_related(*WITH, "file"), pk=pk)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ACTS.get(request.POST.get("act", ""), refuse)(request=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The decision is recorded."))
            return redirect("privacy:request", pk)
        except (PrivacyError, CannotConsent, CaseError) as error:
            form.add_error(None, str(error))
    return render(request, "privacy/request.html", _context(request, found, form), status=422 if form.errors else 200)


def _context(request: StaffRequest, found: DataRequest, form: DecideForm) -> dict[str, Any]:
    erasing = found.kind == Kind.ERASURE and found.is_standing
    return {
        "found": found, "form": form, "now": timezone.now(),
        "file": getattr(found, "file", None),
        "whys": stands_against(found) if erasing else [],
        "to_propose": erasing and found.state == State.OPEN,
        "is_mine": erasing and found.proposed_by_id == request.user.pk,
    }  # fmt: skip


@allowed("privacy.manage")
@require_safe
def file_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Asked every other second while the file is being made."""
    found = get_object_or_404(DataRequest.objects.select_related("file", "customer"), pk=pk, kind=Kind.ACCESS)
    context = {"found": found, "file": getattr(found, "file", None), "now": timezone.now()}
    return render(request, "privacy/_file.html", context)


@allowed("privacy.manage")
@require_POST
def make_file(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DataRequest, pk=pk, kind=Kind.ACCESS, customer__erased_at=None)
    ask_for_file(request=found)
    messages.success(request, _("The file is being made."))
    return redirect("privacy:request", pk)


@allowed("privacy.manage")
@require_POST
def download(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DataRequest, pk=pk, kind=Kind.ACCESS)
    try:
        packed = take_file(request=found, by=request.user)
    except PrivacyError as error:
        messages.error(request, str(error))
        return redirect("privacy:request", pk)
    name = f'attachment; filename="data-{found.pk}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return HttpResponse(packed, content_type="application/zip", headers=headers)
