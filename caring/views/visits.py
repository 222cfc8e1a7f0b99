"""The visits of an office: the plan of a day, and the sheet that whoever goes takes along."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from caring.models import Task
from caring.refusals import WorkRefused
from caring.sheet import Sheet
from caring.visiting import DayPlan, Visit, note_look, offices_of, plan_visit, take_visit
from caring.words import Outcome, Why
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.staff.models import Office

ON_PAPER = (Outcome.REACHED, Outcome.NO_ANSWER, Outcome.CALL_BACK, Outcome.REFUSED, Outcome.NEEDS_CASE)


@login_required
@require_safe
def visits(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.work")
    offices = offices_of(request.user)
    if not offices:
        return render(request, "caring/visits.html", {"plan": None})
    office, day = _chosen(request, offices, request.GET)
    plan = DayPlan(office, day, request.user)
    context = {
        "plan": plan, "offices": offices, "here": _query(office, day), "today": timezone.localdate(),
        "before": day - dt.timedelta(days=1), "after": day + dt.timedelta(days=1),
        "sheet_of": len(plan.on_sheet()), "now": timezone.now(),
    }  # fmt: skip
    return render(request, "caring/visits.html", context)


@login_required
@require_POST
def act(request: StaffRequest) -> HttpResponse:
    """What was ticked is planned for the day, for none any more, or taken. What cannot be is told, the rest is done."""
    require(request.user, "caring.work")
    office, day = _chosen(request, offices_of(request.user), request.POST)
    asked = [int(one) for one in request.POST.getlist("task") if one.isdecimal() and len(one) < 18]
    done = 0
    for task in Task.objects.visits_of(office).filter(pk__in=asked).order_by("pk"):
        try:
            done += _act(request, task, day)
        except WorkRefused as refused:
            messages.error(request, f"{task.customer}: {refused}")
    if done:
        messages.success(request, ngettext("%(n)s visit changed.", "%(n)s visits changed.", done) % {"n": done})
    elif not asked:
        messages.info(request, _("Tick the visits first."))
    return redirect(f"{reverse('caring:visits')}?{_query(office, day)}")


def _act(request: StaffRequest, task: Task, day: dt.date) -> bool:
    wanted = request.POST.get("act", "")
    if wanted in ("plan", "drop"):
        plan_visit(task=task, day=day if wanted == "plan" else None, by=request.user)
        return True
    if wanted != "take":
        raise Http404
    verdict = take_visit(task=task, by=request.user)
    if not verdict.may:
        messages.warning(request, f"{task.customer}: {Why(verdict.why).label}")
    return verdict.may


@login_required
@require_safe
def sheet(request: StaffRequest) -> HttpResponse:
    """To print. Addresses and numbers stand in clear, so looking at it is recorded with each of the customers."""
    require(request.user, "caring.work")
    office, day = _chosen(request, offices_of(request.user), request.GET)
    at, found = timezone.now(), DayPlan(office, day, request.user).on_sheet()
    note_look(found, request.user, at)
    context = {
        "office": office, "day": day, "here": _query(office, day), "visits": [_told(one, at) for one in found],
        "outcomes": [one.label for one in ON_PAPER], "now": at,
    }  # fmt: skip
    return render(request, "caring/visit_sheet.html", context)


def _told(visit: Visit, at: dt.datetime) -> dict[str, Any]:
    task = visit.task
    told = Sheet(task, task.assignee, at)  # type: ignore[arg-type]  # on_sheet: taken ones
    line = task.subscription
    return {
        "visit": visit, "task": task, "number": told.number, "script": told.script, "know": told.on_paper,
        "address": visit.address.in_full if visit.address else "",
        "product": line.product_id if line else "", "language": told.language,
    }  # fmt: skip


def _chosen(request: StaffRequest, offices: list[Office], said: Any) -> tuple[Office, dt.date]:
    """What is not known is one's own office, and today."""
    if not offices:
        raise Http404
    own = next((one for one in offices if one == request.user.office), offices[0])
    office = next((one for one in offices if str(one.pk) == said.get("office", "")), own)
    try:
        day = parse_date(said.get("day", ""))
    except ValueError:
        day = None
    return office, day or timezone.localdate()


def _query(office: Office, day: dt.date) -> str:
    return f"office={office.pk}&day={day.isoformat()}"
