"""One message to all who hang on a problem, and its settlement: written, looked at as each will get it, sent."""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases.errors import CaseError
from crm.cases.models import Case, Problem
from crm.cases.telling import FIELDS, Way, ways
from crm.desk import guard
from crm.desk.bulk import settle_all, take_back, tell_all
from crm.desk.bulk.errors import BulkError
from crm.desk.bulk.problems import cases_of
from crm.desk.bulk.standing import Standing
from crm.desk.forms.problems import SolveForm, TellForm
from crm.desk.models import BulkJob, BulkRow
from crm.desk.models import Way as Writing
from crm.desk.problems import Sight
from crm.desk.sop import Written
from crm.desk.views.problems import own_problem, progress
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

LOOKED_AT, SHOWN, PAGE = 100, 12, 50


@dataclass(frozen=True)
class Copy:
    """What one customer gets, or why they get nothing."""

    way: Way
    text: str
    refused: str

    @property
    def length(self) -> str:
        """'212 / 280', where the channel has a limit."""
        most = self.way.adapter.limit(is_public=self.way.is_public) if self.way.adapter else None
        return f"{self.way.adapter.measure(self.text)} / {most}" if self.way.adapter and most else ""


@login_required
@require_http_methods(["GET", "POST"])
def tell(request: StaffRequest, number: int) -> HttpResponse:
    found = _managed(request, number)
    form = TellForm(request.POST or None, initial=_start(found, solved=False))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            tell_all(problem=found, text=said["text"], by=request.user, key=said["key"] or uuid.uuid4().hex)
        except BulkError as error:
            form.add_error(None, str(error))
        else:
            return redirect("desk:problem", number)
    return _page(request, found, form, solved=False)


@login_required
@require_http_methods(["GET", "POST"])
def solve(request: StaffRequest, number: int) -> HttpResponse:
    found = _managed(request, number)
    form = SolveForm(request.POST or None, initial=_start(found, solved=True))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            settle_all(
                problem=found, solution=said["solution"], text=said["text"], by=request.user,
                key=said["key"] or uuid.uuid4().hex,
            )  # fmt: skip
        except (BulkError, CaseError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("desk:problem", number)
    return _page(request, found, form, solved=True)


def _managed(request: StaffRequest, number: int) -> Problem:
    require(request.user, "problem.manage")
    return own_problem(request.user, number)


def _start(found: Problem, *, solved: bool) -> dict[str, str]:
    """A draft in the language of most of its customers, and the key of one press."""
    languages = Counter(cases_of(found).values_list("customer__language", flat=True))
    with translation.override(languages.most_common(1)[0][0] if languages else "id"):
        text = (
            _("Hello {name}, what you told us of ({case}) is solved. Thank you for your patience. "
              "Do tell us if it should come back.")
            if solved
            else _("Hello {name}, what you told us of ({case}) concerns several customers. We are working on it and "
                   "tell you here as soon as it is solved. We are sorry for the trouble.")
        )  # fmt: skip
    return {"text": text, "key": uuid.uuid4().hex}


def _page(request: StaffRequest, found: Problem, form: TellForm, *, solved: bool) -> HttpResponse:
    text = form["text"].value() or ""
    context = {
        "problem": found,
        "form": form,
        "solved": solved,
        "fields": FIELDS,
        **_preview(found, text, request.user),
    }
    return render(request, "desk/problems/tell.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def preview(request: StaffRequest, number: int) -> HttpResponse:
    """What each would get, while it is being written."""
    found = _managed(request, number)
    text = request.POST.get("text", "")[:4000]
    return render(request, "desk/problems/_copies.html", _preview(found, text, request.user))


def _preview(found: Problem, text: str, user: User) -> dict[str, Any]:
    """The first hundred cases, checked as they will be when it is sent; names and words of those in sight alone."""
    cases = cases_of(found).filter(closed_at__isnull=True)
    looked_at = list(cases.select_related("customer").order_by("due_at", "pk")[:LOOKED_AT])
    copies = [_copy(way, text, found) for way in ways(looked_at)]
    sent, refused = [one for one in copies if not one.refused], [one for one in copies if one.refused]
    return {
        "problem": found, "copies": sent[:SHOWN], "refused": refused, "reachable": len(sent), "looked_at": len(copies),
        "total": cases.count(), "by_channel": _by_channel(sent), "more": max(0, len(sent) - SHOWN),
        "checks": _checks(text, sent), "sight": Sight.over(looked_at, user),
    }  # fmt: skip


def _copy(way: Way, text: str, found: Problem) -> Copy:
    filled = way.filled(text, found)
    return Copy(way, filled, way.refusal(filled))


def _checks(text: str, sent: list[Copy]) -> list[guard.Check]:
    """The guard's word on the first copy that goes out in public, else on the first."""
    if not sent or not text.strip():
        return []
    one = next((copy for copy in sent if copy.way.is_public), sent[0])
    way = Writing.PUBLIC if one.way.is_public else Writing.PRIVATE
    return guard.look(Written(one.text, way, one.way.case.customer))


def _by_channel(sent: list[Copy]) -> list[tuple[Case, int]]:
    """(a case of the channel, how many), the commonest first."""
    counted = Counter(copy.way.case.channel for copy in sent)
    one = {copy.way.case.channel: copy.way.case for copy in sent}
    return [(one[channel], number) for channel, number in counted.most_common()]


@login_required
@require_safe
def jobs(request: StaffRequest, number: int) -> HttpResponse:
    """The progress alone; while something moves it fetches itself again. When all is done, so do the cases."""
    context = progress(request, own_problem(request.user, number))
    response = render(request, "desk/problems/_jobs.html", context)
    if not context["is_moving"]:
        response["HX-Trigger"] = "sapa:told"
    return response


@login_required
@require_POST
def stop(request: StaffRequest, number: int, job: int) -> HttpResponse:
    found = _managed(request, number)
    one = get_object_or_404(BulkJob, pk=job, params__problem=found.pk)
    if take_back(job=one, by=request.user):
        messages.success(request, _("Taken back: nothing was sent."))
    else:
        went = one.rows.filter(state=BulkRow.State.DONE).count()
        messages.success(request, _("Stopped. What has been sent stays sent: %(number)s.") % {"number": went})
    return redirect("desk:problem", number)


@login_required
@require_safe
def told(request: StaffRequest, number: int, job: int) -> HttpResponse:
    """Case by case: who was told, who was not, and why."""
    found = own_problem(request.user, number)
    one = get_object_or_404(BulkJob, pk=job, params__problem=found.pk)
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    rows = one.rows.select_related("case__team").order_by("pk")
    rows = rows.filter(state=state) if state in BulkRow.State.values else rows
    page = list((rows.filter(pk__gt=int(after)) if after.isdecimal() else rows)[: PAGE + 1])
    standing = Standing(one, timezone.now())
    context = {
        "problem": found, "standing": standing, "rows": page[:PAGE], "state": state,
        "tabs": [(value, word, standing.counts[value]) for value, word in BulkRow.State.choices
                 if value in standing.counts],
        "older_url": f"?state={state}&after={page[PAGE - 1].pk}" if len(page) > PAGE else "",
    }  # fmt: skip
    return render(request, "desk/problems/told.html", context)
