"""Who came to the centres: the list behind the report's figures."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crm.lib.display import grouped
from crm.lib.exports import hand_out
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed
from crm.visits.listing import VisitFilter, page_of


@allowed("visit.read")
@require_safe
def visits(request: StaffRequest) -> HttpResponse:
    form = VisitFilter(request.GET, request.user)
    found = form.visits()
    rows, older = page_of(found, request.GET.get("before", ""))
    return render(request, "desk/visits/page.html", {"form": form, "rows": rows, **_around(request, found, older)})


def _around(request: StaffRequest, found: Any, older: str) -> dict[str, Any]:
    kept = request.GET.copy()
    kept.pop("before", None)
    next_page = kept.copy()
    next_page["before"] = older
    count = found.order_by().count()
    return {
        "older_url": f"?{next_page.urlencode()}" if older else "", "kept": kept.urlencode(),
        "newer_url": f"?{kept.urlencode()}" if request.GET.get("before") else "",
        "shown": ngettext("%(n)s visit", "%(n)s visits", count) % {"n": grouped(count)},
        "may_export": may(request.user, "report.export"),
    }  # fmt: skip


@allowed("report.export")
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    return hand_out(request, "visit-list", suffix)
