"""A month's report of breaches as PDF."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.desk.monthly.figures import Month
from crm.desk.monthly.report import draw
from crm.staff.access import require
from crm.staff.guard import StaffRequest

EARLIEST = 2000


@login_required
@require_safe
def report(request: StaffRequest, year: int, month: int) -> HttpResponse:
    """Drawn at once: its lists are cut to a length that is read, so a busy month takes no longer than a calm one."""
    require(request.user, "breach.read")
    if not (year >= EARLIEST and 1 <= month <= 12) or dt.date(year, month, 1) > timezone.localdate():
        raise Http404
    made = draw(Month(dt.date(year, month, 1)), request.user)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="breaches-{year}-{month:02}.pdf"'
    return answer
