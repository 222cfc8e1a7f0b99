"""My bulk actions: how far each is, what became of each case, stop and undo. A job belongs to whoever started it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.desk.bulk import stop_job, undo_job
from crm.desk.bulk.errors import BulkError
from crm.desk.bulk.standing import Standing
from crm.desk.models import BulkJob, BulkRow
from crm.desk.problems import Sight
from crm.staff.access import require
from crm.staff.guard import StaffRequest

PAGE = 50


@login_required
@require_safe
def jobs(request: StaffRequest) -> HttpResponse:
    require(request.user, "bulk.run")
    mine, before = BulkJob.objects.filter(by=request.user).order_by("-pk"), request.GET.get("before", "")
    found = list((mine.filter(pk__lt=int(before)) if before.isdecimal() else mine)[: PAGE + 1])
    rows = [Standing(job, timezone.now()) for job in found[:PAGE]]
    older = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return render(request, "desk/jobs/list.html", {"rows": rows, "older_url": older})


@login_required
@require_safe
def job(request: StaffRequest, pk: int) -> HttpResponse:
    """The job and its cases; `state` narrows, `after` pages."""
    one = _mine(request, pk)
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    rows = one.rows.select_related("case__customer", "case__team").order_by("pk")
    rows = rows.filter(state=state) if state in BulkRow.State.values else rows
    found = list((rows.filter(pk__gt=int(after)) if after.isdecimal() else rows)[: PAGE + 1])
    standing = Standing(one, timezone.now())
    context = {
        "standing": standing,
        "rows": found[:PAGE],
        "sight": Sight.over([row.case for row in found], request.user),
        "tabs": [
            (value, word, standing.counts[value]) for value, word in BulkRow.State.choices if value in standing.counts
        ],
        "state": state,
        "older_url": f"?state={state}&after={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    }
    return render(request, "desk/jobs/job.html", context)


@login_required
@require_safe
def now(request: StaffRequest) -> HttpResponse:
    """What moves or ended a moment ago, for the head of the list."""
    at = timezone.now()
    standings = [Standing(job, at) for job in BulkJob.objects.recent(request.user, at).order_by("-pk")]
    return render(request, "desk/jobs/now.html", {"standings": standings})


@login_required
@require_safe
def bar(request: StaffRequest, pk: int) -> HttpResponse:
    """The progress alone; while the job moves it fetches itself again."""
    return _bar(request, _mine(request, pk))


@login_required
@require_POST
def stop(request: StaffRequest, pk: int) -> HttpResponseBase:
    stop_job(job=_mine(request, pk), by=request.user)
    return _back(request, pk)


@login_required
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponseBase:
    try:
        undo_job(job=_mine(request, pk), by=request.user)
    except BulkError as error:
        return _back(request, pk, said=str(error))
    return _back(request, pk)


def _mine(request: StaffRequest, pk: int) -> BulkJob:
    require(request.user, "bulk.run")
    return get_object_or_404(BulkJob, pk=pk, by=request.user)


def _back(request: StaffRequest, pk: int, said: str = "") -> HttpResponseBase:
    if request.htmx:  # type: ignore[attr-defined]
        return _bar(request, _mine(request, pk), said)
    if said:
        messages.error(request, said)
    return redirect("desk:job", pk)


def _bar(request: HttpRequest, job: BulkJob, said: str = "") -> HttpResponse:
    return render(request, "desk/jobs/bar.html", {"standing": Standing(job, timezone.now()), "said": said})
