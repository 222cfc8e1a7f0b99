"""Breaches and their review (SOP 7)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.cases.actions import review_breach
from crm.cases.errors import CaseError
from crm.cases.models import Breach
from crm.desk.breaches import PAGE, BreachFilter, breaches_for, export_rows, page_of, tabs
from crm.desk.happenings import happenings
from crm.desk.tense import Now
from crm.desk.timeline import gantt
from crm.lib.sheets import sheet
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


class ReviewForm(forms.Form):
    cause = forms.CharField(
        label=gettext_lazy("What happened, and the cause"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    prevention = forms.CharField(
        label=gettext_lazy("What is done so that it does not happen again"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@login_required
@require_safe
def breaches(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The list, and one breach beside it: the asked one, else the first."""
    require(request.user, "breach.read")
    context = listing(request)
    shown = breaches_for(request.user).filter(pk=pk).first() if pk else None
    shown = shown or (context["rows"][0] if context["rows"] else None)
    review = reviewing(request, shown, ReviewForm()) if shown else {}
    return render(request, "desk/breaches.html", context | review | {"pane": "review" if pk else ""})


@login_required
@require_POST
def review(request: StaffRequest, pk: int) -> HttpResponse:
    breach = get_object_or_404(breaches_for(request.user), pk=pk)
    require(request.user, "breach.review", breach.case)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            review_breach(breach=breach, by=request.user, **form.cleaned_data)
        except CaseError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Review signed"))
            return redirect(_next(request, breach))
    context = listing(request) | reviewing(request, breach, form) | {"pane": "review"}
    return render(request, "desk/breaches.html", context, status=422)


def _next(request: StaffRequest, signed: Breach) -> str:
    """The next one that waits for its review."""
    waiting = BreachFilter({}).narrow(breaches_for(request.user)).exclude(pk=signed.pk).first()
    return reverse("desk:breach", args=[waiting.pk]) if waiting else reverse("desk:breaches")


def listing(request: StaffRequest) -> dict[str, Any]:
    filters = BreachFilter(request.GET)
    everything = breaches_for(request.user)
    rows, older = page_of(filters.narrow(everything), request.GET.get("before", ""))
    kept = request.GET.copy()
    kept.pop("before", None)
    return {
        "filters": filters,
        "tabs": tabs(everything, filters),
        "rows": rows,
        "older": older,
        "kept": kept.urlencode(),
        "page_size": PAGE,
        "now": Now.of(request),
    }


def reviewing(request: StaffRequest, breach: Breach, form: ReviewForm) -> dict[str, Any]:
    rows, width = gantt(breach.clock, timezone.now())
    end = breach.clock.stopped_at or timezone.now()
    return {
        "breach": breach,
        "held": rows,
        "width": width,
        "deadline": min((breach.due_at - breach.clock.started_at).total_seconds() / 3600, width),
        "late_seconds": (end - breach.due_at).total_seconds(),
        "moments": happenings(breach.case)[-40:],
        "form": form,
        "may_review": may(request.user, "breach.review", breach.case),
    }


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "breach.read")
    head, rows = export_rows(BreachFilter(request.GET).narrow(breaches_for(request.user)))
    return sheet("breaches", suffix, head, rows)
