"""The score form of stage 19, and the report on agents."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caring.refusals import WorkRefused
from caring.scoring import DAYS, questions_now, report, score_case
from caring.views.working import open_next, task_of, task_page
from crm.staff.access import require
from crm.staff.guard import StaffRequest

LONGEST = 2000


@login_required
@require_POST
def score(request: StaffRequest, pk: int) -> HttpResponse:
    """Kept, and the next one opens."""
    found = task_of(request, pk)
    said = request.POST.dict()
    given = {name.removeprefix("mark-"): str(value) for name, value in said.items() if name.startswith("mark-")}
    comment = request.POST.get("comment", "")[:LONGEST]
    try:
        marks = {key: int(value) for key, value in given.items() if value.isdecimal()}
        score_case(task=found, marks=marks, comment=comment, by=request.user)
    except WorkRefused as error:
        return task_page(request, found, status=422, wrong=str(error), given=given, comment=comment)
    messages.success(request, _("The scores are kept."))
    return open_next(request)


@login_required
@require_safe
def scores(request: StaffRequest) -> HttpResponse:
    require(request.user, "score.read")
    questions = questions_now(get_language() or "id")
    context: dict[str, Any] = {
        "questions": questions, "lines": report(request.user, questions, timezone.now()), "days": DAYS,
    }  # fmt: skip
    return render(request, "caring/scores.html", context)
