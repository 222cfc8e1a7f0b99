"""Who holds what since when: the escalations that are open."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from crm.cases import actions
from crm.cases.errors import CaseError
from crm.cases.models import Case, Escalation
from crm.cases.words import Party
from crm.customers.naming import name_outside
from crm.desk.forms.escalations import EscalationFilter, behind, cursor_of
from crm.desk.tense import Now
from crm.lib.sheets import Cell, sheet
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import Role, User

PAGE = 50
RECEIVES: dict[str, Role] = {
    Party.SUPERVISOR: Role.SUPERVISOR,
    Party.QUALITY: Role.QUALITY,
    Party.DIVISION: Role.DIVISION,
}


def open_escalations(user: User) -> QuerySet[Escalation]:
    """Of the cases this user may read; the longest held first."""
    cases = Case.objects.visible_to(user).live()
    found = Escalation.objects.filter(ended_at__isnull=True, case__in=cases).order_by("at", "pk")
    return found.select_related("case__customer", "case__team", "division", "by", "accepted_by")


@login_required
@require_safe
def escalations(request: StaffRequest) -> HttpResponse:
    """A page of them, narrowed as asked. What changes fetches `#escalations` again."""
    require(request.user, "breach.read")
    asked = EscalationFilter(request.GET)
    found = list(behind(asked.narrow(open_escalations(request.user)), request.GET.get("after", ""))[: PAGE + 1])
    kept = {name: value for name, value in request.GET.items() if value and name != "after"}
    older = {**kept, "after": cursor_of(found[PAGE - 1])} if len(found) > PAGE else {}
    context = {
        "rows": [Line(step, *_may(request.user, step)) for step in found[:PAGE]],
        "filter": asked,
        "is_narrowed": bool(kept),
        "kept": urlencode(kept),
        "here": request.GET.urlencode(),
        "older_url": f"?{urlencode(older)}" if older else "",
        "newer_url": f"?{urlencode(kept)}" if "after" in request.GET else "",
        "now": Now.of(request),
    }
    template = "desk/escalations/_list.html" if request.htmx else "desk/escalations/page.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@dataclass(frozen=True)
class Line:
    """One of them, and what this user may do about it."""

    step: Escalation
    may_accept: bool
    may_hand_back: bool
    may_remind: bool


def _may(user: User, step: Escalation) -> tuple[bool, bool, bool]:
    """(accept, hand back, remind): the first two for whom it was meant, the last for the others."""
    holds = user.role == RECEIVES[step.party] and may(user, "case.accept", step.case)
    is_mine = holds and step.accepted_by_id == user.pk
    return holds and not step.accepted_at, holds, may(user, "case.escalate", step.case) and not is_mine


@login_required
@require_POST
def remind(request: StaffRequest, pk: int) -> HttpResponse:
    """Whoever holds it is asked how it stands."""
    step = get_object_or_404(open_escalations(request.user), pk=pk)
    require(request.user, "case.escalate", step.case)
    try:
        actions.remind(escalation=step, by=request.user)
        said = _("%(who)s reminded.") % {"who": step.division or step.get_party_display()}
    except CaseError as error:
        said = str(error)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.info(request, said)
        return redirect("desk:escalations")
    response = trigger_client_event(HttpResponse(status=204), "sapa:toast", {"text": said})
    return trigger_client_event(response, "sapa:moved")


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "breach.read")
    asked = EscalationFilter(request.GET)
    head = [
        _("Case"),
        _("Customer"),
        _("Team"),
        _("Held by"),
        _("Since"),
        _("Accepted"),
        _("Next deadline"),
        _("Reason"),
        _("Answer wanted by"),
    ]
    return sheet("escalations", suffix, head, _rows(asked.narrow(open_escalations(request.user))))


def _rows(found: QuerySet[Escalation]) -> Iterator[list[Cell]]:
    for step in found.iterator(chunk_size=2000):
        case, holder = step.case, str(step.division or step.get_party_display())
        yield [
            case.number, name_outside(case.customer), str(case.team or ""), holder, step.at, step.accepted_at,
            case.due_at, step.reason, step.wanted_by,
        ]  # fmt: skip
