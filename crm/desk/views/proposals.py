"""A proposal: these cases, why these; one problem, not one, or part of one that is known."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.cases.actions import accept_proposal, add_to_known, dismiss_proposal
from crm.cases.errors import CaseError
from crm.cases.models import Case, Problem
from crm.cases.promises import division_of
from crm.desk.problems import name_of
from crm.desk.proposal import Proposal
from crm.desk.views.problems import own_problem
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def proposal(request: StaffRequest, number: int) -> HttpResponse:
    require(request.user, "room.read")
    return _page(request, own_problem(request.user, number))


@login_required
@require_POST
def decide(request: StaffRequest, number: int) -> HttpResponse:
    require(request.user, "problem.manage")
    found = own_problem(request.user, number)
    try:
        said, to = _decide(request, found)
    except CaseError as error:
        found.refresh_from_db()
        return _page(request, found, wrong=str(error))
    messages.success(request, said)
    return redirect("desk:problem", to.number) if to else redirect("desk:problems")


def _decide(request: StaffRequest, found: Problem) -> tuple[str, Problem | None]:
    """What to say, and where to go on. Raises CaseError."""
    decision, by = request.POST.get("decision", ""), request.user
    if decision == "no":
        dismiss_proposal(problem=found, by=by)
        return _("Not one problem. It will not be proposed again for a while."), None
    cases = _chosen(request, found)
    if not cases:
        raise CaseError(_("Choose at least one case."))
    if decision.isdecimal():
        known = get_object_or_404(Problem, number=int(decision), state=Problem.State.OPEN)
        add_to_known(problem=found, known=known, cases=cases, by=by)
        return _("Added to %(problem)s") % {"problem": known}, known
    made = accept_proposal(
        problem=found, cases=cases, by=by, title=request.POST.get("title", "")[:160],
        division=found.division or division_of(found.category),
    )  # fmt: skip
    return _("%(problem)s opened") % {"problem": made}, made


def _chosen(request: StaffRequest, found: Problem) -> list[Case]:
    """Of the proposal's own cases, those that stayed ticked."""
    wanted = {int(pk) for pk in request.POST.getlist("cases") if pk.isdecimal()} & set(found.alike)
    return list(Case.objects.filter(pk__in=wanted))


def _page(request: StaffRequest, found: Problem, wrong: str = "") -> HttpResponse:
    ticked = request.POST.getlist("cases") if request.method == "POST" else None
    context = {
        "problem": found, "proposal": Proposal(found, request.user), "wrong": wrong, "ticked": ticked,
        "title": request.POST.get("title") or name_of(found).replace(" · ", " "),
        "may_manage": may(request.user, "problem.manage"),
    }  # fmt: skip
    return render(request, "desk/problems/proposal.html", context, status=422 if wrong else 200)
