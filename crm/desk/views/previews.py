"""What a draft would have done, tried before it is saved."""

import datetime as dt
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.cases import actions
from crm.cases.actions.previewing import ask_for_count
from crm.cases.foresight.terms import Terms
from crm.cases.models import PolicyPreview, SlaPolicy
from crm.desk.forms.policy import DraftForms
from crm.desk.previews import TURNS, ChangeFilter, card, changes_page, export_rows, visible_ids
from crm.desk.views.settings import nav
from crm.lib.sheets import sheet
from crm.staff.access import require
from crm.staff.guard import StaffRequest

AT_ONCE = 6000  # cases that are counted while one waits; more of them by a worker


class DaysForm(forms.Form):
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=30)


@login_required
@require_POST
def begin(request: StaffRequest, version: int) -> HttpResponse:
    """Count the last whole days again under what the form holds now, saved or not."""
    require(request.user, "policy.edit")
    draft = get_object_or_404(SlaPolicy, version=version, published_at=None)
    held = Terms.of(draft)
    wanted, days = DraftForms(draft, request.POST), DaysForm(request.POST)
    if not (wanted.is_valid() and days.is_valid()):
        wrongs = [*wanted.wrongs(), *(str(error) for errors in days.errors.values() for error in errors)]
        return render(request, "desk/settings/preview.html", {"policy": draft, "wrongs": wrongs}, status=422)
    since, until = last_days(days.cleaned_data["days"], ZoneInfo(request.user.time_zone))
    made = actions.begin_preview(policy=draft, terms=wanted.terms, since=since, until=until, by=request.user)
    if made.total <= AT_ONCE:
        while actions.count_on(made.pk):
            continue
        made.refresh_from_db()
    else:
        ask_for_count()
    return _card(request, made, held)


def last_days(number: int, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The last whole days, up to last midnight."""
    today = timezone.now().astimezone(zone).date()
    first, until = today - dt.timedelta(days=number), today
    return tuple(dt.datetime.combine(day, dt.time.min, zone) for day in (first, until))  # type: ignore[return-value]


def _card(request: StaffRequest, made: PolicyPreview, held: Terms) -> HttpResponse:
    length = made.until - made.since
    context = {"policy": made.policy, "preview": card(made, held), "days": round(length / dt.timedelta(days=1))}
    return render(request, "desk/settings/preview.html", context)


@login_required
@require_safe
def show(request: StaffRequest, version: int, pk: int) -> HttpResponse:
    """The card again, while a worker counts."""
    require(request.user, "policy.edit")
    made = get_object_or_404(PolicyPreview.objects.select_related("policy"), pk=pk, policy__version=version)
    return _card(request, made, Terms.of(made.policy))


@login_required
@require_safe
def changes(request: StaffRequest, version: int, pk: int) -> HttpResponse:
    """Each clock whose verdict would be another."""
    require(request.user, "policy.edit")
    made = get_object_or_404(PolicyPreview.objects.select_related("policy"), pk=pk, policy__version=version)
    filters = ChangeFilter(request.GET)
    found = filters.narrow(made.changes.all())
    rows, after = changes_page(found, request.GET.get("after", ""))
    query = request.GET.copy()
    query.pop("after", None)
    context = nav(request) | {
        "preview": made,
        "policy": made.policy,
        "rows": rows,
        "number": found.count(),
        "visible": visible_ids(rows, request.user),
        "turns": TURNS,
        "turn": request.GET.get("turn", ""),
        "query": query.urlencode(),
        "older_url": f"?{query.urlencode()}&after={after}" if after else "",
    }
    return render(request, "desk/settings/preview_changes.html", context)


@login_required
@require_safe
def export(request: StaffRequest, version: int, pk: int, suffix: str) -> HttpResponseBase:
    require(request.user, "policy.edit")
    made = get_object_or_404(PolicyPreview, pk=pk, policy__version=version)
    return sheet("preview", suffix, *export_rows(ChangeFilter(request.GET).narrow(made.changes.all())))
