"""Breaches and their review (SOP 7): the list, one breach beside it, what is written about it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.cases.actions import keep_review_draft, review_breach
from crm.cases.errors import CaseError
from crm.cases.models import Breach, Problem
from crm.cases.words import ReviewState
from crm.desk.breaches import BreachFilter, breaches_for, page_of, tabs
from crm.desk.causes import CausesFilter, causes_in
from crm.desk.course import course
from crm.desk.forms.review import ReviewForm, typed
from crm.desk.gantt import picture
from crm.desk.monthly.figures import latest_months
from crm.desk.tense import Now
from crm.events.models import Event
from crm.lib.display import clocktime
from crm.lib.exports import hand_out
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User


@login_required
@require_safe
def breaches(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The list, and one breach beside it: the asked one, else the first."""
    require(request.user, "breach.read")
    context = listing(request)
    shown = get_object_or_404(breaches_for(request.user), pk=pk) if pk else next(iter(context["rows"]), None)
    beside = reviewing(request, shown) if shown else {}
    return render(request, "desk/breaches.html", context | beside | {"pane": "review" if pk else ""})


@login_required
@require_POST
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign the review and go on to the next. A refusal keeps every word that was typed."""
    breach = own_breach(request.user, pk, "breach.review")
    form = ReviewForm(request.POST, breach=breach, user=request.user)
    if form.is_valid():
        try:
            review_breach(breach=breach, by=request.user, **form.as_review())
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Review of %(number)s signed") % {"number": breach.number})
            return redirect(next_to(request, ReviewState.TO_REVIEW))
    return page(request, breach, form, status=422)


@login_required
@require_POST
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """What is typed, kept as it is typed. The answer is what stands beside the button."""
    breach = own_breach(request.user, pk, "breach.review")
    fields = typed(request.POST)
    try:
        keep_review_draft(breach=breach, fields=fields, by=request.user)
    except CaseError as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")
    said = _("Draft kept, %(time)s") % {"time": clocktime(timezone.now())} if fields else ""
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "breach.read")
    return hand_out(request, "breaches", suffix)


def own_breach(user: User, pk: int, action: str) -> Breach:
    """404 for what this user does not see, 403 for what they may not do with it."""
    breach: Breach = get_object_or_404(breaches_for(user), pk=pk)
    require(user, action, breach.case)
    return breach


def next_to(request: StaffRequest, state: str) -> str:
    """Where one goes on: the next breach in this state that this user can do something with, else the list."""
    waiting = breaches_for(request.user).in_review_state(state)  # type: ignore[attr-defined]
    if state == ReviewState.TO_SIGN:
        waiting = waiting.exclude(reviewed_by=request.user)
    following, query = waiting.first(), f"?state={state}"
    return (reverse("desk:breach", args=[following.pk]) if following else reverse("desk:breaches")) + query


def page(request: StaffRequest, breach: Breach, form: ReviewForm | None = None, status: int = 200) -> HttpResponse:
    context = listing(request) | reviewing(request, breach, form) | {"pane": "review"}
    return render(request, "desk/breaches.html", context, status=status)


def listing(request: StaffRequest) -> dict[str, Any]:
    filters = BreachFilter(request.GET)
    everything = breaches_for(request.user)
    rows, older = page_of(filters.narrow(everything), request.GET.get("before", ""))
    show_lateness(rows, Now.of(request).at)
    kept = request.GET.copy()
    kept.pop("before", None)
    without_state = kept.copy()
    without_state.pop("state", None)
    return {
        "filters": filters,
        "tabs": tabs(everything, filters),
        "rows": rows,
        "older": older,
        "kept": kept.urlencode(),
        "kept_filters": without_state.urlencode(),
        "now": Now.of(request),
        "today": timezone.localdate(),
        "months": latest_months(),
        "causes": causes_in(CausesFilter(QueryDict()).without_state(everything), {}),
    }


def show_lateness(rows: Iterable[Any], at: dt.datetime) -> None:
    """A clock that runs on is late so far."""
    for row in rows:
        row.late_seconds = row.late_seconds or (at - row.due_at).total_seconds()


def reviewing(request: StaffRequest, breach: Breach, form: ReviewForm | None = None) -> dict[str, Any]:
    user, case, at = request.user, breach.case, Now.of(request).at
    events = list(Event.objects.filter(subject_type="case", subject_id=case.pk).order_by("id"))
    steps = list(case.escalations.select_related("division"))
    may_review = breach.reviewed_at is None and may(user, "breach.review", case)
    may_sign = breach.state == ReviewState.TO_SIGN and may(user, "breach.sign", case)
    return {
        "breach": breach,
        "picture": picture(breach.clock, events, steps, at),
        "late_seconds": ((breach.clock.stopped_at or at) - breach.due_at).total_seconds(),
        "moments": course(breach, events, steps),
        "questions": list(breach.questions.select_related("by", "to")),
        # All cases of it, not this one alone: what is counted is joined before what is asked for.
        "problem": Problem.objects.annotate(cases=Count("hanging")).filter(hanging__case=case).first(),
        "form": (form or ReviewForm(breach=breach, user=user)) if may_review else None,
        "may_review": may_review,
        "may_sign": may_sign and breach.reviewed_by_id != user.pk,
        "is_own_review": may_sign and breach.reviewed_by_id == user.pk,
        "may_finish": breach.has_open_action
        and (breach.action_owner_id == user.pk or may(user, "breach.review", case)),
        "may_move": may(user, "breach.review", case),
        "is_review_late": breach.reviewed_at is None and breach.review_due_at is not None and breach.review_due_at < at,
    }
