"""The visits of a reader, narrowed as an address says: the list that the report's figures open, and its file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.customers.naming import name_outside
from crm.lib.days import DayField
from crm.lib.sheets import Cell
from crm.staff.models import Office, User
from crm.visits.models import Visit, WaitRule
from crm.visits.queries import VisitQuerySet, offices_of
from crm.visits.words import Purpose, VisitState

PAGE = 50
CALLED, OVER = "was_called", "too_long"
STATES = (
    ("", gettext_lazy("All")),
    *VisitState.choices,
    (CALLED, pgettext_lazy("visit", "Was called")),
    (OVER, gettext_lazy("Waited too long")),
)


def wait_goal() -> dt.timedelta:
    """What the centres promise at the door."""
    return dt.timedelta(minutes=WaitRule.in_force().minutes)


class VisitFilter(forms.Form):
    """What is wrong narrows nothing."""

    office = forms.ModelChoiceField(
        label=gettext_lazy("GraPARI"), queryset=Office.objects.none(), to_field_name="code", required=False,
        empty_label=gettext_lazy("All"),
    )  # fmt: skip
    since = DayField(label=gettext_lazy("From day"), required=False)
    until = DayField(label=gettext_lazy("To day"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)
    purpose = forms.ChoiceField(
        label=gettext_lazy("Came for"), choices=[("", gettext_lazy("All")), *Purpose.choices], required=False
    )

    def __init__(self, query: Any, user: User) -> None:
        today = timezone.localdate().isoformat()
        asked = query.copy()
        asked.setdefault("since", today)
        asked.setdefault("until", today)
        super().__init__(asked, auto_id="f-%s")
        self._user = user
        self.fields["office"].queryset = offices_of(user)  # type: ignore[attr-defined]
        self.is_valid()

    def visits(self) -> VisitQuerySet:
        """The newest first."""
        said = self.cleaned_data
        found = Visit.objects.visible_to(self._user).select_related("office", "customer", "by")
        for name, lookup in (
            ("office", "office"),
            ("since", "day__gte"),
            ("until", "day__lte"),
            ("purpose", "purpose"),
        ):
            if said.get(name):
                found = found.filter(**{lookup: said[name]})
        return in_state(found, said.get("state", "")).order_by("-arrived_at", "-pk")


def in_state(found: VisitQuerySet, state: str) -> VisitQuerySet:
    if state == CALLED:
        return found.exclude(called_at=None)
    if state == OVER:
        return found.filter(called_at__gt=F("arrived_at") + wait_goal())
    return found.filter(state=state) if state else found


def page_of(found: VisitQuerySet, before: str) -> tuple[list[Visit], str]:
    """A page by keyset, and the cursor of the next."""
    at_text, _comma, pk_text = before.rpartition(",")
    at = parse_datetime(at_text) if at_text else None
    if at and at.tzinfo and pk_text.isdecimal():
        found = found.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, pk__lt=int(pk_text)))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.arrived_at.isoformat()},{last.pk}" if last else ""


def table(found: VisitQuerySet) -> tuple[list[str], Iterator[list[Cell]]]:
    """No word of what visitors said: that stands in the timeline of those who may read it."""
    head = [
        _("GraPARI"), _("Queue number"), _("Came for"), _("Priority"), _("State"), _("Arrived"), _("Called at"),
        _("Served from"), _("Ended"), _("Waited, seconds"), _("Served, seconds"), _("Counter"), _("By"), _("Customer"),
        _("How it ended"),
    ]  # fmt: skip
    return head, (_cells(visit) for visit in found.iterator(chunk_size=2000))


def _cells(visit: Visit) -> list[Cell]:
    return [
        str(visit.office), visit.ticket, visit.get_purpose_display(), _("yes") if visit.is_priority else "",
        visit.get_state_display(), visit.arrived_at, visit.called_at, visit.started_at, visit.ended_at,
        _seconds(visit.waited), _seconds(visit.served), visit.counter, visit.by.name if visit.by else "",
        name_outside(visit.customer) if visit.customer else "", visit.get_outcome_display(),
    ]  # fmt: skip


def _seconds(length: dt.timedelta | None) -> int | None:
    return int(length.total_seconds()) if length is not None else None
