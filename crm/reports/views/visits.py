"""The report of the centres: how long people wait and are served."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.lib.exports import Question, Table, hand_out
from crm.reports import visits
from crm.reports.last_days import LastDays
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed
from crm.staff.models import Office, User
from crm.visits.listing import wait_goal
from crm.visits.queries import offices_of


class CentresForm(LastDays):
    """Of all one's offices, unless said otherwise."""

    field_order = ("office", "since", "until")

    office = forms.ModelChoiceField(
        label=_("GraPARI"), queryset=Office.objects.none(), to_field_name="code", required=False, empty_label=_("All")
    )

    def __init__(self, query: Any, user: User, today: dt.date, *, days: int = 6) -> None:
        super().__init__(query, today, days=days)
        self.fields["office"].queryset = offices_of(user)  # type: ignore[attr-defined]
        self.is_valid()

    def rows(self) -> list[visits.Row]:
        said, offices = self.cleaned_data, self.fields["office"].queryset  # type: ignore[attr-defined]
        wanted = [said["office"]] if said.get("office") else list(offices)
        return visits.count(wanted, *self.span)


@allowed("report.read")
@require_safe
def report(request: StaffRequest) -> HttpResponse:
    form = CentresForm(request.GET, request.user, timezone.localdate())
    rows = form.rows()
    context = {
        "form": form, "total": rows[0] if rows else None, "rows": rows[1:], "at": timezone.now(),
        "goal": int(wait_goal().total_seconds() // 60), "kept": request.GET.urlencode(),
        "may_export": may(request.user, "report.export"),
    }  # fmt: skip
    return render(request, "reports/visits.html", context)


@allowed("report.export")
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    return hand_out(request, "visits", suffix)


def table_file(question: Question) -> Table:
    form = CentresForm(question.query, question.user, timezone.localdate(question.at))
    return visits.table(form.rows())
