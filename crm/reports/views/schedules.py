"""Reports that are mailed by themselves."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.lib.exports import SOURCES, Question
from crm.reports import actions
from crm.reports.models import Schedule
from crm.reports.questions import as_query, kept
from crm.reports.recipients import allowed as receivers
from crm.reports.schedule_form import ScheduleForm
from crm.reports.studies.shelf import STUDIES
from crm.staff.guard import StaffRequest, allowed

MAILED = ("sla", *STUDIES)
OWN_PERIOD = ("period", "since", "until", "archive", "compare")


@allowed("report.schedule")
@require_safe
def schedules(request: StaffRequest) -> HttpResponse:
    found = list(Schedule.objects.filter(owner=request.user).prefetch_related("exports"))
    for schedule in found:
        schedule.source = SOURCES.get(schedule.report)  # type: ignore[attr-defined]
        schedule.last = next(iter(schedule.exports.all()), None)  # type: ignore[attr-defined]
        schedule.filters = narrowed(schedule, request)  # type: ignore[attr-defined]
        schedule.key = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
    return render(request, "reports/schedules.html", {"rows": found, "reports": MAILED})


def narrowed(schedule: Schedule, request: StaffRequest) -> str:
    """The filters in words, without the period: that is each occasion's own."""
    about = SOURCES[schedule.report].about(Question(request.user, as_query(schedule.query), timezone.now()))
    return about.partition(" · ")[2]


@allowed("report.schedule")
def new(request: StaffRequest) -> HttpResponseBase:
    query = request.GET
    report = query.get("report", "")
    if report not in MAILED:
        raise Http404
    asked = {name: values for name, values in kept(query).items() if name not in OWN_PERIOD}
    schedule = Schedule(report=report, query=asked, owner=request.user)
    initial = {"name": str(SOURCES[report].name), "recipients": request.user.email}
    return _form(request, ScheduleForm(request.POST or None, instance=schedule, initial=initial))


@allowed("report.schedule")
def change(request: StaffRequest, pk: int) -> HttpResponseBase:
    schedule = get_object_or_404(Schedule, pk=pk, owner=request.user)
    return _form(request, ScheduleForm(request.POST or None, instance=schedule))


def _form(request: StaffRequest, form: ScheduleForm) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        schedule = actions.save_schedule(schedule=form.save(commit=False), by=request.user)
        messages.success(request, _("“%(name)s” is sent from now on") % {"name": schedule.name})
        return redirect("reports:schedules")
    schedule = form.instance
    context: dict[str, Any] = {
        "form": form,
        "schedule": schedule,
        "source": SOURCES[schedule.report],
        "filters": narrowed(schedule, request),
    }
    return render(request, "reports/schedule.html", context, status=422 if form.is_bound else 200)


@allowed("report.schedule")
@require_POST
def switch(request: StaffRequest, pk: int) -> HttpResponse:
    schedule = get_object_or_404(Schedule, pk=pk, owner=request.user)
    if request.POST.get("active") == "1" and not receivers(schedule.recipients):
        messages.error(request, _("Name somebody who may receive it first."))
        return redirect("reports:schedule", pk)
    schedule = actions.switch_schedule(schedule=schedule, active=request.POST.get("active") == "1", by=request.user)
    messages.success(request, _("Sent again as planned") if schedule.is_active else _("Paused"))
    return redirect("reports:schedules")


@allowed("report.schedule")
@require_POST
def run_now(request: StaffRequest, pk: int) -> HttpResponse:
    schedule = get_object_or_404(Schedule, pk=pk, owner=request.user)
    actions.run_now(schedule=schedule, by=request.user, key=request.POST.get("key", "")[:12] or uuid.uuid4().hex[:12])
    messages.success(request, _("It is being made, and sent when it is done"))
    return redirect("reports:schedules")


@allowed("report.schedule")
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    schedule = get_object_or_404(Schedule, pk=pk, owner=request.user)
    actions.remove_schedule(schedule=schedule, by=request.user)
    messages.success(request, _("It is not sent any more"))
    return redirect("reports:schedules")
