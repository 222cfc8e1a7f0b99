"""Choosing an act for many cases: GET shows what it asks, POST starts the job."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.desk.bulk import start_job
from crm.desk.bulk.acts import acts_for
from crm.desk.bulk.errors import BulkError
from crm.desk.bulk.standing import Standing
from crm.desk.forms.bulk import FORMS
from crm.desk.listing import search_of
from crm.desk.models import BulkJob
from crm.desk.tense import Now
from crm.staff.access import require
from crm.staff.guard import StaffRequest

BY_TICK = 2_000  # more than a page can have rows
PREFIX = "in-"  # the search's words beside those of the form


@dataclass(frozen=True)
class Chosen:
    """Either the ticked cases, or everything the search finds at this moment."""

    cases: CaseQuerySet
    query: dict[str, str]


@login_required
@require_http_methods(["GET", "POST"])
def bulk(request: StaffRequest, slug: str) -> HttpResponseBase:
    require(request.user, "bulk.run")
    act = acts_for(request.user).get(slug)
    if act is None:
        raise Http404
    chosen, posted = _chosen(request), request.method == "POST"
    picked = {name: request.GET.get(name, "") for name in ("numbers", "all")}
    form = FORMS[slug](request.POST if posted else None, user=request.user, initial=picked)
    if posted and form.is_valid():
        try:
            job = start_job(
                by=request.user, act=slug, params=form.params(), cases=chosen.cases, query=chosen.query,
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except BulkError as error:
            form.add_error(None, str(error))
        else:
            return _started(request, job)
    context = form.extra(request.GET.get("q", "")) | {
        "act": act, "form": form, "many": chosen.cases.count(), "kept": chosen.query,
    }  # fmt: skip
    template = "desk/bulk/sheet.html" if request.htmx else "desk/bulk/page.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)


def _chosen(request: StaffRequest) -> Chosen:
    asked = _asked(request)
    search = search_of(asked, request.user, Now.of(request))
    if asked.get("all"):
        return Chosen(search.cases, search.query | {"all": "1"})
    numbers = [int(one) for one in asked.get("numbers", "").split(",") if one.isdecimal()][:BY_TICK]
    return Chosen(Case.objects.live().visible_to(request.user).filter(number__in=numbers), search.query)


def _asked(request: StaffRequest) -> dict[str, str]:
    """The search, from the address or from what the dialog kept of it."""
    if request.method != "POST":
        return request.GET.dict()
    posted = request.POST.dict()
    kept = {name.removeprefix(PREFIX): word for name, word in posted.items() if name.startswith(PREFIX)}
    return kept | {name: posted.get(name, "") for name in ("numbers", "all")}


def _started(request: StaffRequest, job: BulkJob) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:job", job.pk)
    response = render(request, "desk/bulk/started.html", {"standing": Standing(job, timezone.now())})
    response["HX-Trigger"] = '{"sapa:done": {}, "sapa:started": {}}'
    return response
