"""The team room, and what a supervisor does there: hand somebody's cases to others, say that somebody is away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from crm.desk.bulk import start_job
from crm.desk.bulk.errors import BulkError
from crm.desk.forms.team import ReassignForm
from crm.desk.rows import rows_of
from crm.desk.team import TeamRoom, people_of, teams_of
from crm.desk.tense import Now
from crm.staff.access import may, require
from crm.staff.actions import send_away
from crm.staff.guard import StaffRequest
from crm.staff.models import User


@login_required
@require_safe
def team(request: StaffRequest) -> HttpResponse:
    """All my teams, or one of them (?team=). What changes fetches `#team` again."""
    require(request.user, "room.read")
    teams, asked = teams_of(request.user), request.GET.get("team", "")
    chosen = [one for one in teams if str(one.pk) == asked] or teams
    context = TeamRoom(request.user, chosen, Now.of(request)).context() | {
        "teams": teams,
        "asked": chosen[0] if len(chosen) == 1 else None,
        "may_hand": may(request.user, "bulk.run"),
        "now": Now.of(request),
    }
    template = "desk/team/_team.html" if request.htmx else "desk/team/page.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _person(request: StaffRequest, pk: int) -> User:
    require(request.user, "room.read")
    person: User = get_object_or_404(people_of(request.user), pk=pk)
    return person


@login_required
@require_http_methods(["GET", "POST"])
def reassign(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose which of somebody's cases go to whom; the rest is a bulk action, with progress and undo."""
    require(request.user, "bulk.run")
    person = _person(request, pk)
    form = ReassignForm(request.POST or None, person=person, user=request.user)
    if request.method == "POST" and form.is_valid():
        return _started(request, form)
    context: dict[str, Any] = {"form": form, "person": person, "rows": rows_of(form.cases, Now.of(request))}
    template = "desk/team/reassign.html" if request.htmx else "desk/team/reassign_page.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)


def _started(request: StaffRequest, form: ReassignForm) -> HttpResponse:
    try:
        job = start_job(
            by=request.user, act="assign", params=form.params, cases=form.chosen, key=form.cleaned_data["key"]
        )
    except BulkError as error:
        return _said(request, str(error))
    url = reverse("desk:job", args=[job.pk])  # progress, what was skipped and why, undo
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


@login_required
@require_POST
def away(request: StaffRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    require(request.user, "staff.manage", person)
    done = send_away(person=person, by=request.user)
    said = _("%(name)s is away now.") if done else _("%(name)s was away already.")
    return _said(request, said % {"name": person.name})


def _said(request: StaffRequest, said: str) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect("desk:team")
    response = trigger_client_event(HttpResponse(status=204), "sapa:toast", {"text": said})
    return trigger_client_event(trigger_client_event(response, "sapa:done"), "sapa:moved")
