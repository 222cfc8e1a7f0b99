"""The list of reasons that a wrap-up can name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.calls.actions import save_reason, switch_reason
from crm.calls.models import CallReason
from crm.desk.forms.calls import ReasonForm
from crm.desk.views.settings import nav
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
def reasons(request: StaffRequest) -> HttpResponse:
    require(request.user, "call.reasons")
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        save_reason(reason=form.save(commit=False), by=request.user)
        messages.success(request, _("Reason added"))
        return redirect("desk:call-reasons")
    return _page(request, form)


def _page(request: StaffRequest, form: ReasonForm) -> HttpResponse:
    context = {"form": form, "reasons": CallReason.objects.all(), **nav(request)}
    return render(request, "desk/settings/call_reasons.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "call.reasons")
    reason = get_object_or_404(CallReason, pk=pk)
    form = ReasonForm(request.POST or None, instance=reason)
    if form.is_valid():
        save_reason(reason=form.save(commit=False), by=request.user)
        messages.success(request, _("Saved"))
        return redirect("desk:call-reasons")
    return _page(request, form)


@login_required
@require_POST
def switch(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "call.reasons")
    switch_reason(reason=get_object_or_404(CallReason, pk=pk), by=request.user)
    return redirect("desk:call-reasons")
