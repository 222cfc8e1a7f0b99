"""Following corrective actions up: everybody's own, and the supervisors' list of all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.cases.actions import finish_action, move_action
from crm.cases.models import Breach, BreachQuestion
from crm.desk.corrective import (
    DONE,
    OPEN,
    ActionFilter,
    actions_for,
    actions_of,
    export_rows,
    in_state,
    page_of,
    tabs,
)
from crm.desk.forms.review import DoneForm, MoveForm
from crm.desk.views.breaches import own_breach
from crm.desk.views.signing import dialog, done
from crm.lib.sheets import sheet
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

DONE_SHOWN = 20


@login_required
@require_safe
def mine(request: StaffRequest) -> HttpResponse:
    """What I owe: accounts I am asked for and actions I am to do, what is late first."""
    owed = actions_of(request.user)
    asked = BreachQuestion.objects.filter(to=request.user, kind="account").select_related("breach__case", "by")
    context = {
        "asked": asked.filter(answered_at__isnull=True),
        "answered": asked.filter(answered_at__isnull=False).order_by("-answered_at")[:DONE_SHOWN],
        "owed": page_of(in_state(owed, OPEN), OPEN, "")[0],
        "finished": in_state(owed, DONE).order_by("-action_done_at", "-pk")[:DONE_SHOWN],
        "today": timezone.localdate(),
    }
    return render(request, "desk/breach/mine.html", context)


@login_required
@require_safe
def actions(request: StaffRequest) -> HttpResponse:
    require(request.user, "breach.read")
    filters = ActionFilter(request.GET)
    found = filters.narrow(actions_for(request.user))
    rows, older = page_of(in_state(found, filters.state_shown), filters.state_shown, request.GET.get("after", ""))
    kept = request.GET.copy()
    kept.pop("after", None)
    without_state = kept.copy()
    without_state.pop("state", None)
    context = {
        "filters": filters, "tabs": tabs(found), "rows": rows, "older": older, "kept": kept.urlencode(),
        "kept_filters": without_state.urlencode(), "today": timezone.localdate(),
        "may_review": may(request.user, "breach.review"),
    }  # fmt: skip
    return render(request, "desk/breach/actions.html", context)


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "breach.read")
    filters = ActionFilter(request.GET)
    head, rows = export_rows(in_state(filters.narrow(actions_for(request.user)), filters.state_shown))
    return sheet("actions", suffix, head, rows)


@login_required
@require_http_methods(["GET", "POST"])
def finish(request: StaffRequest, pk: int) -> HttpResponse:
    """By its owner, or by a supervisor who reviews these breaches."""
    breach = _own_action(request, pk)
    form = DoneForm(request.POST or None)
    if form.is_valid() and done(form, finish_action, breach=breach, by=request.user, **form.cleaned_data):
        messages.success(request, _("Done, and noted with %(number)s") % {"number": breach.number})
        return redirect(_back(request))
    words = {"title": _("Done"), "number": breach.number, "button": _("It is done"), "icon": "check"}
    words |= {
        "says": breach.prevention,
        "consequence": _("Whoever reviewed the breach is told."),
        "next": _back(request),
    }
    return dialog(request, form, reverse("desk:action-done", args=[pk]), words)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: StaffRequest, pk: int) -> HttpResponse:
    breach = own_breach(request.user, pk, "breach.review")
    if not breach.has_open_action:
        raise Http404
    form = MoveForm(request.POST or None, initial={"owner": breach.action_owner, "due_on": breach.action_due_on})
    if form.is_valid() and done(form, move_action, breach=breach, by=request.user, **form.cleaned_data):
        messages.success(request, _("%(name)s does it now") % {"name": form.cleaned_data["owner"].name})
        return redirect(_back(request))
    words = {
        "title": _("Somebody else, or another day"),
        "number": breach.number,
        "button": _("Change"),
        "icon": "check",
    }
    words |= {"says": breach.prevention, "consequence": _("The new owner is told."), "next": _back(request)}
    return dialog(request, form, reverse("desk:action-move", args=[pk]), words)


def _own_action(request: StaffRequest, pk: int) -> Breach:
    """404 where there is nothing to do, or that this person does not see; 403 where it is others' to do."""
    breach = get_object_or_404(Breach.objects.counted().action_open().select_related("case"), pk=pk)
    if breach.action_owner_id != request.user.pk:
        if not may(request.user, "breach.read", breach.case):
            raise Http404
        if not may(request.user, "breach.review", breach.case):
            raise PermissionDenied
    return breach


def _back(request: StaffRequest) -> str:
    """To the page the dialog was opened from."""
    asked = request.POST.get("next") or request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    return reverse("desk:my-actions")
