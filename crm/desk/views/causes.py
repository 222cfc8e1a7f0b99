"""Why deadlines were missed: the Pareto of causes, and the list of causes in the settings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases.actions import add_cause, change_cause, move_cause, set_review_days
from crm.cases.models import Cause, ReviewRule
from crm.desk.breaches import breaches_for
from crm.desk.cause_history import history
from crm.desk.causes import SPLITS, CausesFilter, causes_in, chart, export_rows, links, split_rows
from crm.desk.forms.review import CauseForm, DaysForm, RenameForm
from crm.desk.views.settings import nav
from crm.desk.views.signing import dialog
from crm.lib.sheets import sheet
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def report(request: StaffRequest) -> HttpResponse:
    require(request.user, "breach.read")
    filters, shown = _counted(request)
    kept = request.GET.copy()
    kept.pop("split", None)
    context = shown | {
        "filters": filters, "split": filters.split_shown, "splits": SPLITS, "chart": chart(shown["causes"]),
        "kept": request.GET.urlencode(), "kept_without_split": kept.urlencode(),
        "unreviewed_url": links(filters.query, state="open"),
    }  # fmt: skip
    return render(request, "desk/breach/causes.html", context)


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "breach.read")
    filters, shown = _counted(request)
    return sheet("causes", suffix, *export_rows(shown["causes"], shown["groups"], filters.split_shown))


def _counted(request: StaffRequest) -> tuple[CausesFilter, dict[str, Any]]:
    filters = CausesFilter(request.GET)
    found = filters.without_state(breaches_for(request.user))
    causes = causes_in(found, filters.query)
    return filters, {"causes": causes, "groups": split_rows(found, filters.split_shown, causes, filters.query)}


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: StaffRequest) -> HttpResponse:
    """The list in its order, a form for a new one, and how long a review may take."""
    require(request.user, "cause.edit")
    form = CauseForm(request.POST or None)
    if form.is_valid():
        add_cause(cause=form.save(commit=False), by=request.user)
        messages.success(request, _("Cause added"))
        return redirect("desk:causes")
    return _settings(request, form, DaysForm(instance=ReviewRule.objects.first()))


@login_required
@require_POST
def days(request: StaffRequest) -> HttpResponse:
    require(request.user, "cause.edit")
    form = DaysForm(request.POST, instance=ReviewRule.objects.first())
    if not form.is_valid():
        return _settings(request, CauseForm(), form)
    set_review_days(days=form.cleaned_data["days"], by=request.user)
    messages.success(request, _("Holds for breaches from now on"))
    return redirect("desk:causes")


def _settings(request: StaffRequest, form: CauseForm, days: DaysForm) -> HttpResponse:
    context = nav(request) | {"causes": Cause.objects.all(), "form": form, "days_form": days, "history": history()}
    return render(request, "desk/settings/causes.html", context, status=422 if form.errors or days.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "cause.edit")
    cause = get_object_or_404(Cause, pk=pk)
    form = RenameForm(request.POST or None, instance=cause)
    if form.is_valid():
        change_cause(cause=cause, by=request.user, **form.cleaned_data)
        messages.success(request, _("Changed"))
        return redirect("desk:causes")
    words = {"title": _("Rename the cause"), "number": cause.code, "button": _("Save"), "icon": "check"}
    words["consequence"] = _("Reviews that name it show the new name.")
    return dialog(request, form, reverse("desk:cause", args=[pk]), words)


@login_required
@require_POST
def switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Off: no new review can name it, old ones keep it. And on again."""
    require(request.user, "cause.edit")
    cause = get_object_or_404(Cause, pk=pk)
    change_cause(cause=cause, by=request.user, is_active=not cause.is_active)
    return redirect("desk:causes")


@login_required
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "cause.edit")
    move_cause(cause=get_object_or_404(Cause, pk=pk), up=request.POST.get("way") == "up", by=request.user)
    return redirect("desk:causes")
