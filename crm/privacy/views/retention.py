"""How long each kind of data is kept: what holds, what would go today, what went each night; set by administrators."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crm.lib import retaining
from crm.privacy.errors import PrivacyError
from crm.privacy.forms import PeriodForm
from crm.privacy.models import RetentionPeriod, RetentionRun
from crm.privacy.retention import MOST, months_in_days, periods, set_period, would_go
from crm.staff.guard import StaffRequest, allowed

RUNS, VERSIONS = 50, 50


@allowed("retention.edit")
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    now, held = timezone.now(), periods()
    labels = {rule.kind: rule.label for rule in retaining.rules()}
    rows = []
    for rule in retaining.rules():
        period = held.get(rule.kind)
        days = period.days if period else None
        rows.append({"rule": rule, "period": period, "kept": in_words(days), "goes": would_go(rule, days, now=now)})
    runs = [(labels.get(run.kind, run.kind), run) for run in RetentionRun.objects.all()[:RUNS]]
    fixed = [(one, in_words(one.days)) for one in retaining.fixed()]
    return render(request, "privacy/retention.html", {"rows": rows, "runs": runs, "fixed": fixed, "most": MOST})


@allowed("retention.edit")
@require_http_methods(["GET", "POST"])
def one(request: StaffRequest, kind: str) -> HttpResponse:
    """Set a period; first it can be counted what would go under it today."""
    rule = retaining.rule(kind)
    if rule is None:
        raise Http404
    versions = list(RetentionPeriod.objects.select_related("by").filter(kind=kind).order_by("-version")[:VERSIONS])
    form = PeriodForm(request.POST or None, initial=_initial(versions[0] if versions else None))
    counted = None
    if request.method == "POST" and "count" in request.POST:
        del form.fields["why"]
        if form.is_valid():
            counted = would_go(rule, form.days, now=timezone.now())
        form = PeriodForm(initial=request.POST.dict() | {"after": form.data["after"]}) if form.is_valid() else form
    elif request.method == "POST" and form.is_valid():
        try:
            set_period(rule=rule, after=form.cleaned_data["after"], days=form.days, why=form.cleaned_data["why"],
                       by=request.user)  # fmt: skip
            messages.success(request, _("The period holds from tonight on."))
            return redirect("privacy:retention")
        except PrivacyError as error:
            form.add_error(error.field or None, str(error))
    context: dict[str, Any] = {
        "rule": rule, "form": form, "counted": counted, "most": MOST, "shortest": in_words(rule.shortest),
        "versions": [(one, in_words(one.days)) for one in versions],
    }  # fmt: skip
    return render(request, "privacy/retention_kind.html", context, status=422 if form.errors else 200)


def _initial(period: RetentionPeriod | None) -> dict[str, Any]:
    if period is None or period.days is None:
        return {"after": period.version if period else 0, "unit": "ever"}
    months = _months(period.days)
    return {"after": period.version, "unit": "months" if months else "days", "number": months or period.days}


def _months(days: int) -> int:
    """0: not a whole number of them."""
    months = days * 12 // 365
    return months if months_in_days(months) == days else 0


def in_words(days: int | None) -> str:
    if days is None:
        return _("for ever")
    if days == 0:
        return _("not at all")
    if months := _months(days):
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
