"""How good the data are, and the list of what is to be corrected."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.customers.correcting import decide_correction, reopen_correction
from crm.customers.corrections import Filter, figures, page_of, table
from crm.customers.errors import CannotEdit
from crm.customers.forms import DecideForm
from crm.customers.models import Correction
from crm.lib.sheets import sheet
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed

AT_ONCE = 50_000  # rows of a file


@allowed("quality.read")
@require_safe
def quality(request: StaffRequest) -> HttpResponse:
    return render(request, "customers/quality.html", figures() | {"may_correct": may(request.user, "customer.edit")})


@allowed("customer.edit")
@require_safe
def corrections(request: StaffRequest) -> HttpResponse:
    asked = Filter.of(request.GET)
    rows, after = page_of(asked, request.GET.get("after", ""))
    done = request.GET.get("done", "")
    context = {
        "done": int(done) if done.isdecimal() else 0,
        "rows": rows, "after": after, "asked": asked, "may_read": may(request.user, "quality.read"),
    }  # fmt: skip
    return render(request, "customers/corrections.html", context)


@allowed("quality.read")
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    head, rows = table(Filter.of(request.GET), AT_ONCE)
    return sheet("corrections", "csv", head, rows)


@allowed("customer.edit")
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Correction, pk=pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            decide_correction(correction=found, by=request.user, **form.cleaned_data)
            return _back(request, state=Correction.State.OPEN, done=str(pk))
        except CannotEdit as refused:
            messages.error(request, str(refused))
    return _back(request)


@allowed("customer.edit")
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        reopen_correction(correction=get_object_or_404(Correction, pk=pk), by=request.user)
        messages.success(request, _("On the list again"))
    except CannotEdit as refused:
        messages.error(request, str(refused))
    return _back(request)


def _back(request: StaffRequest, **said: str) -> HttpResponse:
    """To the list as it was; `done`: what was just decided, to be taken back."""
    query = Filter.of(request.POST).query(**said)
    return redirect(f"{reverse('customers:corrections')}?{query}")
