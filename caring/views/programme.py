"""The programme as a map, and the tasks behind each of its figures."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from caring.board import DAYS, bands, left_out_table
from caring.listing import TaskFilter, page_of, shown_number
from caring.models import Run, Stage
from crm.lib.exports import hand_out
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def programme(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.read")
    at = timezone.now()
    found = bands(request.user, at)
    reasons, left_out = left_out_table(found)
    context = {
        "bands": found, "has_stages": any(band.tiles for band in found), "reasons": reasons, "left_out": left_out,
        "now": at, "days": DAYS, "run": Run.objects.first(),
        "may_edit": may(request.user, "caring.edit"), "may_work": may(request.user, "caring.work"),
    }  # fmt: skip
    return render(request, "caring/programme.html", context)


@login_required
@require_safe
def tasks(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.read")
    filters = TaskFilter(request.GET, request.user)
    after = request.GET.get("after", "")
    rows, following = page_of(filters, after)
    names = Stage.objects.titles()
    kept = request.GET.copy()
    kept.pop("after", None)
    context = {
        "filters": filters, "kept": kept.urlencode(), "following": following, "after": after, "days": DAYS,
        "rows": [(task, names[task.stage_id], shown_number(task)) for task in rows], "now": timezone.now(),
        "may_export": may(request.user, "report.export"),
        "may_open": may(request.user, "customer.read"),
    }  # fmt: skip
    return render(request, "caring/tasks.html", context)


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "caring.read")
    require(request.user, "report.export")
    return hand_out(request, "caring-tasks", suffix)
