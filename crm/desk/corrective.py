"""Corrective actions: what reviews promised, by whom, until when; what is late, what was done."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Breach
from crm.desk.breaches import ANY
from crm.desk.queues import COUNTED_TO, shown
from crm.lib.sheets import Cell
from crm.staff.models import Division, Team, User

PAGE = 30
OPEN, LATE, DONE = "open", "late", "done"
STATES = {OPEN: gettext_lazy("Still open"), LATE: gettext_lazy("Overdue"), DONE: gettext_lazy("Done")}


def actions_for(user: User) -> Any:
    """Those of breaches this user may read."""
    return _with_names(Breach.objects.counted().visible_to(user).with_action())


def actions_of(user: User) -> Any:
    """Those this person owes or has done, whatever cases they may read."""
    return _with_names(Breach.objects.counted().with_action().filter(action_owner=user))


def _with_names(found: QuerySet[Breach]) -> QuerySet[Breach]:
    return found.select_related(
        "case", "team", "cause_code", "action_owner__division", "action_owner__team", "reviewed_by"
    )


class ActionFilter(forms.Form):
    state = forms.ChoiceField(required=False, choices=list(STATES.items()))
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=Team.objects.all(), empty_label=ANY[1]
    )
    division = forms.ModelChoiceField(
        label=gettext_lazy("Division of the owner"), required=False, queryset=Division.objects.all(),
        empty_label=ANY[1],
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who does it"), required=False, empty_label=ANY[1],
        queryset=User.objects.filter(pk__in=Breach.objects.exclude(action_owner=None).values("action_owner")),
    )  # fmt: skip

    @property
    def state_shown(self) -> str:
        asked = self.data.get("state", "")
        return asked if asked in STATES else OPEN

    def narrow(self, found: Any) -> Any:
        self.full_clean()
        paths = {"team": "team", "division": "action_owner__division", "owner": "action_owner"}
        return found.filter(
            **{path: self.cleaned_data[name] for name, path in paths.items() if self.cleaned_data.get(name)}
        )


def in_state(found: Any, state: str) -> Any:
    if state == DONE:
        return found.filter(action_done_at__isnull=False)
    return found.action_overdue(timezone.localdate()) if state == LATE else found.action_open()


def tabs(found: Any) -> list[tuple[str, str, str]]:
    """(state, word, count) of each tab."""
    counted = {state: in_state(found, state).order_by()[: COUNTED_TO + 1].count() for state in STATES}
    return [(state, str(word), shown(counted[state])) for state, word in STATES.items()]


def page_of(found: Any, state: str, after: str) -> tuple[list[Breach], str]:
    """A page by keyset: what is due first, or what was due last among the done. And the cursor of the next."""
    sign, compare = ("-", "lt") if state == DONE else ("", "gt")
    day_text, _comma, pk_text = after.rpartition(",")
    day = _day(day_text)
    if day and pk_text.isdecimal():
        found = found.filter(
            Q(**{f"action_due_on__{compare}": day}) | Q(action_due_on=day, **{f"pk__{compare}": int(pk_text)})
        )
    rows = list(found.order_by(f"{sign}action_due_on", f"{sign}pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.action_due_on},{last.pk}" if last else ""


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def export_rows(found: QuerySet[Breach]) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("Number"), _("Case"), _("Team"), _("Cause code"), _("Prevention"), _("Action by"), _("Action until"),
        _("Action done"), _("What was done"), _("Reviewed by"),
    ]  # fmt: skip
    return head, (_cells(breach) for breach in found.order_by("action_due_on", "pk").iterator(chunk_size=2000))


def _cells(breach: Breach) -> list[Cell]:
    return [
        breach.number, breach.case.number, str(breach.team or ""), breach.cause_code.code if breach.cause_code else "",
        breach.prevention, str(breach.action_owner), str(breach.action_due_on), breach.action_done_at,
        breach.action_note, str(breach.reviewed_by),
    ]  # fmt: skip
