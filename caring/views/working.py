"""The agent's pages: the worklist, one task beside it, and what can be done with that."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caring.forms.outcome import OutcomeForm
from caring.models import Task
from caring.refusals import WorkRefused
from caring.sheet import Sheet
from caring.undoing import last_of
from caring.words import Outcome, State, Why
from caring.working import Noted, give_back, note_outcome, take_next, take_task, undo_outcome
from caring.worklist import Worklist
from crm.cases.errors import CaseError
from crm.customers.errors import CannotConsent
from crm.customers.looks import record_look
from crm.lib.display import nearmoment
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import Role


@login_required
@require_safe
def work(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.work")
    return render(request, "caring/work.html", _list(request))


@login_required
@require_safe
def task(request: StaffRequest, pk: int) -> HttpResponse:
    return task_page(request, task_of(request, pk))


@login_required
@require_POST
def take(request: StaffRequest, pk: int) -> HttpResponse:
    found = task_of(request, pk)
    try:
        verdict = take_task(task=found, by=request.user)
    except WorkRefused as error:
        messages.error(request, str(error))
    else:
        if not verdict.may:
            messages.warning(request, _put_off(verdict.why, verdict.until))
    return _to(request, "caring:work-task", pk)


@login_required
@require_POST
def take_best(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.work")
    return open_next(request)


@login_required
@require_POST
def back(request: StaffRequest, pk: int) -> HttpResponse:
    found = task_of(request, pk)
    if found.assignee_id != request.user.pk and request.user.role != Role.SUPERVISOR:
        raise PermissionDenied(_("Your role does not allow this here."))
    try:
        give_back(task=found, by=request.user)
    except WorkRefused as error:
        messages.error(request, str(error))
    return _to(request, "caring:work")


@login_required
@require_POST
def outcome(request: StaffRequest, pk: int) -> HttpResponse:
    """Noted, and the next one opens."""
    found = task_of(request, pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return task_page(request, found, form=form, status=422)
    if form.cleaned_data["outcome"] == Outcome.NEEDS_CASE:
        require(request.user, "case.open")
    if form.said.wants:
        require(request.user, "consent.record")
    try:
        noted = note_outcome(task=found, outcome=form.cleaned_data["outcome"], by=request.user, said=form.said)
    except (WorkRefused, CaseError, CannotConsent) as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error))
        return task_page(request, found, form=form, status=422)
    messages.success(request, _told(noted))
    return open_next(request)


@login_required
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """What one noted by mistake, within minutes."""
    found = task_of(request, pk)
    try:
        undo_outcome(task=found, by=request.user)
    except WorkRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. The task is yours, as it was."))
    return _to(request, "caring:work-task", pk)


def task_of(request: StaffRequest, pk: int) -> Task:
    require(request.user, "caring.work")
    related = ("stage", "version", "customer", "subscription", "assignee")
    return get_object_or_404(Task.objects.workable_by(request.user).select_related(*related), pk=pk)


def _list(request: StaffRequest) -> dict[str, Any]:
    worklist = Worklist(request.GET, request.user, timezone.now())
    rows, following = worklist.page()
    figures = worklist.figures()
    return {
        "last": last_of(request.user, worklist.at),
        "may_visit": request.user.office_id is not None or request.user.role == Role.SUPERVISOR,
        "may_read": may(request.user, "caring.read"),
        "worklist": worklist, "rows": rows, "figures": figures, "tabs": worklist.tabs(figures, _("All")),
        "here": worklist.query(), "following": worklist.query(after=following) if following else "",
        "again": worklist.query(after=worklist.after), "opened": _opened(request),
        "now": worklist.at, "may_read_scores": may(request.user, "score.read"),
    }  # fmt: skip


def _opened(request: StaffRequest) -> int | None:
    """Of a list that is read again beside an open task."""
    asked = request.GET.get("opened", "")
    return int(asked) if asked.isdecimal() else None


def task_page(
    request: StaffRequest, found: Task, *, form: OutcomeForm | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    sheet = Sheet(found, request.user, timezone.now(), request.GET.get("lang", ""))
    if found.customer.erased_at is None:
        record_look(customer=found.customer, by=request.user, page="caring")
    context = _list(request) | {
        "sheet": sheet, "task": found, "opened": found.pk, "form": form or OutcomeForm(),
        "score_rows": sheet.score_rows(said.get("given", {})),
        "may_open_case": may(request.user, "case.open"), "may_consent": may(request.user, "consent.record"),
        "may_give_back": sheet.is_mine or (found.assignee_id and request.user.role == Role.SUPERVISOR),
    }  # fmt: skip
    return render(request, "caring/work.html", context | said, status=status)


def open_next(request: StaffRequest) -> HttpResponse:
    best = take_next(by=request.user)
    if best is None:
        messages.info(request, _("Nothing is left that may be done now."))
        return _to(request, "caring:work")
    return _to(request, "caring:work-task", best.pk)


def _to(request: StaffRequest, view: str, *args: Any) -> HttpResponse:
    """With the filters of the list."""
    answer = redirect(view, *args)
    kept = Worklist(request.GET, request.user, timezone.now()).query()
    if kept:
        answer["Location"] += f"?{kept}"
    return answer


def _put_off(why: str, until: Any) -> str:
    reason = str(Why(why).label)
    if until is None:
        return _("Left out: %(why)s.") % {"why": reason}
    return _("Put off until %(when)s: %(why)s.") % {"when": nearmoment(until), "why": reason}


def _told(noted: Noted) -> str:
    """What follows from it."""
    found = noted.task
    if noted.case is not None:
        return _("Noted. The case is #%(number)s.") % {"number": noted.case.number}
    if found.state == State.WAITING:
        said = (
            _("Noted. Next attempt %(when)s, quiet hours until then.")
            if noted.later
            else _("Noted. Next attempt %(when)s.")
        )
        return said % {"when": nearmoment(found.next_at)}
    if found.state == State.FAILED:
        return _("Noted. All attempts are made: not reached.")
    if found.state == State.OPEN:
        return _("Noted. There is another way to try.")
    return _("Noted.")
