"""Who holds what since when: the escalations that are open."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.cases.models import Case, Escalation
from crm.desk.tense import Now
from crm.lib.sheets import Cell, sheet
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

SHOWN = 200


def open_escalations(user: User) -> QuerySet[Escalation]:
    """Of the cases this user may read; the longest held first."""
    cases = Case.objects.visible_to(user).live()
    found = Escalation.objects.filter(ended_at__isnull=True, case__in=cases).order_by("at", "pk")
    return found.select_related("case__customer", "case__team", "division", "by", "accepted_by")


@login_required
@require_safe
def escalations(request: StaffRequest) -> HttpResponse:
    require(request.user, "breach.read")
    rows = open_escalations(request.user)[:SHOWN]
    return render(request, "desk/escalations.html", {"rows": rows, "now": Now.of(request)})


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "breach.read")
    head = [
        _("Case"),
        _("Customer"),
        _("Team"),
        _("Held by"),
        _("Since"),
        _("Accepted"),
        _("Next deadline"),
        _("Reason"),
    ]
    return sheet("escalations", suffix, head, _rows(open_escalations(request.user)))


def _rows(found: QuerySet[Escalation]) -> Iterator[list[Cell]]:
    for step in found.iterator(chunk_size=2000):
        case, holder = step.case, str(step.division or step.get_party_display())
        yield [
            case.number, str(case.customer), str(case.team or ""), holder, step.at, step.accepted_at, case.due_at,
            step.reason,
        ]  # fmt: skip
