"""The evaluations: how far each is, what it made, what it could not judge; another one at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caring.models import Run, SetAside
from caring.tasks import evaluate_now as evaluate
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

PAGE, MOST_SET_ASIDE = 30, 50


@login_required
@require_safe
def runs(request: StaffRequest) -> HttpResponse:
    """The page; while one is unfinished its table asks for itself."""
    require(request.user, "caring.read")
    template = "caring/_runs.html" if request.headers.get("HX-Request") else "caring/runs.html"
    return render(request, template, _listed(request))


@login_required
@require_POST
def evaluate_now(request: StaffRequest) -> HttpResponse:
    """Whoever presses twice begins one run: that of the minute, or goes on with one that is unfinished."""
    require(request.user, "caring.edit")
    evaluate.delay()
    messages.success(request, _("The evaluation has been asked for. It begins within seconds."))
    return redirect("caring:runs")


def _listed(request: StaffRequest) -> dict[str, Any]:
    before = request.GET.get("before", "")
    found = Run.objects.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 18 else Run.objects.all()
    rows = list(
        found.annotate(
            parts=Count("ranges"), parts_done=Count("ranges", filter=Q(ranges__done_at__isnull=False)),
            so_far=Sum("ranges__made", default=0), left=Sum("ranges__set_aside", default=0),
        ).order_by("-pk")[: PAGE + 1]
    )  # fmt: skip
    shown = rows[:PAGE]
    return {
        "runs": [(run, 100 * run.parts_done / run.parts if run.parts else 0) for run in shown],
        "is_running": any(run.finished_at is None for run in shown),
        "older": shown[-1].pk if len(rows) > PAGE else None, "first": not before,
        "set_aside": list(SetAside.objects.select_related("run").order_by("-run", "stage", "row_id")[:MOST_SET_ASIDE]),
        "may_edit": may(request.user, "caring.edit"),
    }  # fmt: skip
