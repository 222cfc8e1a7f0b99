"""The report of calls: who answered how many, how long they talked and wrote, and what is still owed."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.calls.queries import agents_of
from crm.calls.spells import PARTS
from crm.lib.exports import Question, Table, hand_out
from crm.reports import calls
from crm.reports.last_days import LastDays
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed
from crm.staff.models import Team, User


class CallsForm(LastDays):
    """Of all agents that one looks after, unless said otherwise."""

    field_order = ("team", "agent", "since", "until")

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), to_field_name="code", required=False, empty_label=_("All teams")
    )
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=User.objects.none(), to_field_name="username", required=False,
        empty_label=_("All agents"),
    )  # fmt: skip

    def __init__(self, query: Any, user: User, today: dt.date, *, days: int = 6) -> None:
        super().__init__(query, today, days=days)
        self._user, self._agents = user, agents_of(user)
        self.fields["agent"].queryset = self._agents  # type: ignore[attr-defined]
        self.fields["agent"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(members__in=self._agents).distinct()  # type: ignore[attr-defined]
        self.is_valid()

    def links(self, row: calls.Row) -> dict[str, str]:
        """The lists that the row's figures open; none for those who read figures alone."""
        if not may(self._user, "call.read"):
            return {}
        team, (since, until) = self.cleaned_data.get("team"), self.span
        asked: dict[str, str] = {
            "team": team.code if team else "", "agent": row.agent.username if row.agent else "",
            "since": str(row.day or since), "until": str(row.day or until),
        }  # fmt: skip
        return {of: f"{reverse('desk:calls')}?{urlencode(asked | {'of': of})}" for of in PARTS}

    def rows(self) -> list[calls.Row]:
        said, agents = self.cleaned_data, self._agents
        if said.get("team"):
            agents = agents.filter(teams=said["team"])
        if said.get("agent"):
            agents = agents.filter(pk=said["agent"].pk)
        return calls.count(list(agents), *self.span)


@allowed("report.read")
@require_safe
def report(request: StaffRequest) -> HttpResponse:
    form = CallsForm(request.GET, request.user, timezone.localdate())
    rows = [(row, form.links(row)) for row in form.rows()]
    context = {
        "form": form, "total": rows[0] if rows else None, "rows": rows[1:], "at": timezone.now(),
        "kept": request.GET.urlencode(), "may_export": may(request.user, "report.export"),
    }  # fmt: skip
    return render(request, "reports/calls.html", context)


@allowed("report.export")
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    return hand_out(request, "calls", suffix)


def table_file(question: Question) -> Table:
    return calls.table(CallsForm(question.query, question.user, timezone.localdate(question.at)).rows())
