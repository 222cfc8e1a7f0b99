"""The list of breaches: what waits for its review, what was reviewed, filtered, paged, exported."""

import datetime as dt
from collections.abc import Iterator

from django import forms
from django.db.models import F, FloatField, Func, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Breach, Case
from crm.cases.words import ClockKind
from crm.desk.queues import COUNTED_TO, shown
from crm.lib.sheets import Cell
from crm.staff.models import Team, User
from crm.timeline.models import Channel

PAGE = 30
TO_REVIEW, REVIEWED, ALL = "open", "reviewed", "all"
STATES = {TO_REVIEW: gettext_lazy("To review"), REVIEWED: gettext_lazy("Reviewed"), ALL: gettext_lazy("All")}
ANY = ("", gettext_lazy("Any"))


def breaches_for(user: User) -> QuerySet[Breach]:
    """Of the cases this user may read; not of replayed history, nor withdrawn ones."""
    cases = Case.objects.visible_to(user).live()
    found = Breach.objects.filter(case__in=cases, withdrawn_at__isnull=True, is_archive=False)
    related = ("case__customer", "case__team", "clock__policy", "team", "holder", "reviewed_by")
    late = ExtractEpoch(F("clock__stopped_at") - F("due_at"))
    return found.select_related(*related).annotate(late_seconds=late).order_by("-due_at", "-pk")


class ExtractEpoch(Func):
    """Seconds of an interval."""

    template = "extract(epoch FROM %(expressions)s)"
    output_field = FloatField()


class BreachFilter(forms.Form):
    state = forms.ChoiceField(required=False, choices=list(STATES.items()))
    kind = forms.ChoiceField(label=gettext_lazy("Clock"), required=False, choices=[ANY, *ClockKind.choices])
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False, choices=[ANY, *Channel.choices])
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=Team.objects.all(), empty_label=ANY[1]
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @property
    def state_shown(self) -> str:
        asked = self.data.get("state", "")
        return asked if asked in STATES else TO_REVIEW

    def narrow(self, found: QuerySet[Breach], state: str = "") -> QuerySet[Breach]:
        self.full_clean()
        given = self.cleaned_data
        conditions = Q()
        for field, path in (("kind", "kind"), ("channel", "case__channel"), ("team", "team")):
            conditions &= Q(**{path: given[field]}) if given.get(field) else Q()
        if given.get("since"):
            conditions &= Q(due_at__date__gte=given["since"])
        if given.get("until"):
            conditions &= Q(due_at__date__lte=given["until"])
        return found.filter(conditions & _in_state(state or self.state_shown))


def _in_state(state: str) -> Q:
    return {TO_REVIEW: Q(reviewed_at__isnull=True), REVIEWED: Q(reviewed_at__isnull=False)}.get(state, Q())


def tabs(found: QuerySet[Breach], filters: BreachFilter) -> list[tuple[str, str, str]]:
    """(state, word, count) of each tab; counts stop at 999+."""
    counted = {state: filters.narrow(found, state).order_by()[: COUNTED_TO + 1].count() for state in STATES}
    return [(state, str(word), shown(counted[state])) for state, word in STATES.items()]


def page_of(found: QuerySet[Breach], before: str) -> tuple[list[Breach], str]:
    """A page by keyset, newest first, and the cursor of the next."""
    due_text, _comma, pk_text = before.rpartition(",")
    due = parse_datetime(due_text) if due_text else None
    if due and pk_text.isdecimal():
        found = found.filter(Q(due_at__lt=due) | Q(due_at=due, pk__lt=int(pk_text)))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.due_at.isoformat()},{last.pk}" if last else ""


def export_rows(found: QuerySet[Breach]) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("Case"), _("Clock"), _("Channel"), _("Customer"), _("Team"), _("Held by"), _("Due"), _("Stopped"),
        _("Late, minutes"), _("Reviewed"), _("Reviewed by"), _("Cause"), _("Prevention"),
    ]  # fmt: skip
    return head, (_cells(breach) for breach in found.iterator(chunk_size=2000))


def _cells(breach: Breach) -> list[Cell]:
    stopped = breach.clock.stopped_at
    return [
        breach.case.number, breach.get_kind_display(), breach.case.get_channel_display(), str(breach.case.customer),
        str(breach.team or ""), str(breach.holder or breach.get_party_display()), breach.due_at, stopped,
        _minutes(stopped - breach.due_at) if stopped else None, breach.reviewed_at, str(breach.reviewed_by or ""),
        breach.cause, breach.prevention,
    ]  # fmt: skip


def _minutes(length: dt.timedelta) -> float:
    return round(length.total_seconds() / 60, 1)
