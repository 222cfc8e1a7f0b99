"""The room of problems: the list, one problem, making and editing one, its cases, its notes, its files."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases.actions import edit_problem, note_on, open_problem, reopen_problem, take_off, told_by_voice
from crm.cases.errors import CaseError
from crm.cases.gathering import rule
from crm.cases.models import Case, Problem
from crm.desk import queues
from crm.desk.bulk.problems import jobs_of
from crm.desk.bulk.standing import Standing
from crm.desk.forms.problems import GatheringForm, NoteForm, ProblemForm
from crm.desk.looking import own_case
from crm.desk.problem_story import story
from crm.desk.problems import (
    MemberFilter,
    ProblemFilter,
    Sight,
    counted,
    export_rows,
    listed,
    member_rows,
    members,
    page_of,
    tabs,
    tabs_of,
)
from crm.desk.rows import rows_of
from crm.desk.tense import Now
from crm.events.actions import record
from crm.lib.sheets import sheet
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

State = Problem.State


@login_required
@require_safe
def problems(request: StaffRequest) -> HttpResponse:
    require(request.user, "problem.read")
    filters, now = _filters(request), Now.of(request)
    rows, older = page_of(listed(request.user, filters, now), request.GET.get("before", ""))
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "filters": filters, "tabs": tabs(request.user, filters), "rows": rows, "older": older, "now": now,
        "kept": kept.urlencode(), "may_manage": may(request.user, "problem.manage"), "rule": rule(),
        "is_narrowed": any(request.GET.get(name) for name in filters.fields),
    }  # fmt: skip
    return render(request, "desk/problems/list.html", context)


def _filters(request: StaffRequest) -> ProblemFilter:
    filters = ProblemFilter(request.GET)
    if filters.state_shown not in tabs_of(request.user):
        raise Http404
    return filters


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "problem.read")
    head, rows = export_rows(listed(request.user, _filters(request), Now.of(request)))
    return sheet("problems", suffix, head, rows)


@login_required
@require_safe
def problem(request: StaffRequest, number: int) -> HttpResponse:
    """One problem; a proposal is decided on a page of its own."""
    found = own_problem(request.user, number)
    if found.state in (State.PROPOSED, State.DISMISSED) and not found.title:
        return redirect("desk:proposal", number)
    return render(request, "desk/problems/problem.html", whole(request, found))


def whole(request: StaffRequest, found: Problem, **more: Any) -> dict[str, Any]:
    return {
        "problem": found, "story": story(found), "notes": found.notes.select_related("author"),
        "note_form": NoteForm(auto_id="note-%s"), "may_manage": may(request.user, "problem.manage"),
        **listing(request, found), **progress(request, found), **more,
    }  # fmt: skip


def listing(request: StaffRequest, found: Problem) -> dict[str, Any]:
    """A page of its cases, the nearest deadline first."""
    now, filters = Now.of(request), MemberFilter(request.GET)
    cases = filters.narrow(members(found)).select_related("hangs_on__told_with")
    page, after = queues.page(cases, request.GET.get("after", ""))
    counts = counted(found)
    chips = [(slug, word, counts[slug]) for slug, word in MemberFilter.WHICH if slug != "call" or counts["call"]]
    return {
        "problem": found, "filters": filters, "rows": rows_of(page, now), "after": after, "chips": chips,
        "total": counts[""], "sight": Sight.over(page, request.user), "now": now,
        "may_manage": may(request.user, "problem.manage"),
    }  # fmt: skip


def progress(request: StaffRequest, found: Problem) -> dict[str, Any]:
    """What was said to all, and how far it is."""
    now = timezone.now()
    standings = [Standing(job, now) for job in jobs_of(found)]
    return {
        "problem": found, "standings": standings, "is_moving": any(one.job.is_moving for one in standings),
        "may_manage": may(request.user, "problem.manage"), "now_at": now,
    }  # fmt: skip


@login_required
@require_safe
def cases(request: StaffRequest, number: int) -> HttpResponse:
    """The cases again, filtered, or their next page."""
    return render(request, "desk/problems/_cases.html", listing(request, own_problem(request.user, number)))


@login_required
@require_safe
def export_cases(request: StaffRequest, number: int, suffix: str) -> HttpResponseBase:
    found = own_problem(request.user, number)
    head, rows = member_rows(MemberFilter(request.GET).narrow(members(found)))
    return sheet(f"{found}-cases", suffix, head, rows)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """By hand, or from a case (`?case=`): it begins with what is known of it, and the case hangs on it."""
    require(request.user, "problem.manage")
    case = _from_case(request)
    form = ProblemForm(request.POST or None, initial=_known(request.user, case))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_problem(by=request.user, cases=[case] if case else [], **form.cleaned_data)
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("%(problem)s opened") % {"problem": made})
            return redirect("desk:problem", made.number)
    context = {"form": form, "case": case}
    return render(request, "desk/problems/edit.html", context, status=422 if form.errors else 200)


def _from_case(request: StaffRequest) -> Case | None:
    number = request.POST.get("case") or request.GET.get("case") or ""
    if not number.isdecimal():
        return None
    case = own_case(request.user, int(number))
    require(request.user, "case.problem", case)
    return case


def _known(user: User, case: Case | None) -> dict[str, Any]:
    known: dict[str, Any] = {"since": timezone.now(), "owner": user.pk}
    if case is not None:
        known |= {
            "title": case.subject or str(case.category or ""), "place": case.place or case.customer.city,
            "category": case.category_id, "since": case.opened_at,
            "division": case.category.division_id if case.category else None,
        }  # fmt: skip
    return known


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, number: int) -> HttpResponse:
    require(request.user, "problem.manage")
    found = own_problem(request.user, number)
    initial = {name: getattr(found, name) for name in ProblemForm.base_fields}
    form = ProblemForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edit_problem(problem=found, by=request.user, **form.cleaned_data)
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Changed"))
            return redirect("desk:problem", number)
    context = {"form": form, "problem": found}
    return render(request, "desk/problems/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def note(request: StaffRequest, number: int) -> HttpResponse:
    """Whoever may write notes in cases writes here too: agents, quality, supervisors, the division."""
    require(request.user, "case.note")
    found = own_problem(request.user, number)
    form = NoteForm(request.POST, auto_id="note-%s")
    if not form.is_valid():
        return render(request, "desk/problems/problem.html", whole(request, found, note_form=form), status=422)
    note_on(problem=found, text=form.cleaned_data["text"], by=request.user)
    return redirect("desk:problem", number)


@login_required
@require_POST
def reopen(request: StaffRequest, number: int) -> HttpResponse:
    require(request.user, "problem.manage")
    return _done(request, number, lambda found: reopen_problem(problem=found, by=request.user), _("Open again"))


@login_required
@require_POST
def called(request: StaffRequest, number: int, case: int) -> HttpResponse:
    """Somebody called a customer whom no message could tell."""
    found = own_problem(request.user, number)
    hanging = get_object_or_404(found.hanging.select_related("case"), case__number=case)
    if not may(request.user, "problem.manage"):
        require(request.user, "case.problem", hanging.case)
    return _done(request, number, lambda _found: told_by_voice(hanging=hanging, by=request.user), _("Noted: called"))


@login_required
@require_POST
def off(request: StaffRequest, number: int, case: int) -> HttpResponse:
    """Take a case off its problem."""
    found = own_problem(request.user, number)
    hanging = get_object_or_404(found.hanging.select_related("case"), case__number=case)
    if not may(request.user, "problem.manage"):
        require(request.user, "case.problem", hanging.case)
    said = _("#%(number)s is off %(problem)s") % {"number": case, "problem": found}
    return _done(request, number, lambda _found: take_off(case=hanging.case, by=request.user), said)


def _done(request: StaffRequest, number: int, act: Any, said: str) -> HttpResponse:
    try:
        act(own_problem(request.user, number))
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("desk:problem", number)


@login_required
@require_http_methods(["GET", "POST"])
def gathering(request: StaffRequest) -> HttpResponse:
    """When cases count as gathered."""
    require(request.user, "problem.manage")
    form = GatheringForm(request.POST or None, instance=rule())
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        record("gathering.changed", subject=saved, by=request.user, fields=form.changed_data)
        messages.success(request, _("Changed: it counts from the next minute on"))
        return redirect("desk:problems")
    return render(request, "desk/problems/rule.html", {"form": form}, status=422 if form.errors else 200)


def own_problem(user: User, number: int) -> Problem:
    """A problem in this user's sight; 404 for every other."""
    require(user, "problem.read")
    related = ("category", "division", "owner", "opened_by", "ended_by")
    found = Problem.objects.visible_to(user).select_related(*related).filter(number=number).first()
    if found is None:
        raise Http404
    return found
