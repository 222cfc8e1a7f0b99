"""The list of breaches: how far each review has come, filtered, paged, exported."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import F, FloatField, Func, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Breach, Category, Cause
from crm.cases.words import ClockKind, ReviewState
from crm.customers.naming import name_outside
from crm.desk.queues import COUNTED_TO, shown
from crm.lib.days import DayField
from crm.lib.sheets import Cell
from crm.staff.models import Division, Team, User
from crm.timeline.models import Channel

PAGE = 30
ALL = "all"
STATES = dict(ReviewState.choices) | {ALL: gettext_lazy("All")}
ANY = ("", gettext_lazy("Any"))
NO, YES = "0", "1"
NONE = "none"  # a cause, division or team that a breach has not


def breaches_for(user: User) -> QuerySet[Breach]:
    """Of the cases this user may read; not of replayed history, nor withdrawn ones."""
    found = Breach.objects.counted().visible_to(user)
    related = (
        "case__customer", "case__team", "case__category", "clock__policy", "team", "division", "holder", "begun_by",
        "reviewed_by", "signed_by", "cause_code", "action_owner",
    )  # fmt: skip
    late = ExtractEpoch(F("clock__stopped_at") - F("due_at"))
    return found.select_related(*related).annotate(late_seconds=late).newest_first()


class ExtractEpoch(Func):
    """Seconds of an interval."""

    template = "extract(epoch FROM %(expressions)s)"
    output_field = FloatField()


def _choices(model: type, empty: Any) -> Any:
    return lambda: [ANY, *((str(one.pk), str(one)) for one in model.objects.all()), (NONE, empty)]  # type: ignore[attr-defined]


def _day(label: Any) -> DayField:
    return DayField(label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def day_begins(day: dt.date) -> dt.datetime:
    """Midnight of the reader's own day: as a time, so that the index by deadline serves."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


class BreachFilter(forms.Form):
    state = forms.ChoiceField(required=False, choices=list(STATES.items()))
    kind = forms.ChoiceField(label=gettext_lazy("Clock"), required=False, choices=[ANY, *ClockKind.choices])
    cause = forms.ChoiceField(
        label=gettext_lazy("Cause"), required=False, choices=_choices(Cause, gettext_lazy("Without a code"))
    )
    excusable = forms.ChoiceField(
        label=gettext_lazy("Excusable"), required=False,
        choices=[ANY, (YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
    )  # fmt: skip
    team = forms.ChoiceField(
        label=gettext_lazy("Team"), required=False, choices=_choices(Team, gettext_lazy("No team"))
    )
    division = forms.ChoiceField(
        label=gettext_lazy("Division"), required=False, choices=_choices(Division, gettext_lazy("No division"))
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False, choices=[ANY, *Channel.choices])
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), required=False, choices=_choices(Category, gettext_lazy("No category"))
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the deadline"), required=False, coerce=int, empty_value=None,
        choices=[ANY, *((hour, f"{hour:02}:00") for hour in range(24))],
    )  # fmt: skip
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))
    late = forms.BooleanField(label=gettext_lazy("Review overdue"), required=False)

    @property
    def state_shown(self) -> str:
        asked = self.data.get("state", "")
        return asked if asked in STATES else ReviewState.TO_REVIEW

    @property
    def narrowed(self) -> int:
        """How many filters besides the state are set."""
        return sum(bool(self.data.get(name)) for name in self.fields if name != "state")

    def narrow(self, found: QuerySet[Breach], state: str = "") -> Any:
        """Only what fits; a filter that cannot be understood leaves all."""
        return self.without_state(found).in_review_state(state or self.state_shown)

    def without_state(self, found: QuerySet[Breach]) -> Any:
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}
        conditions = Q()
        for name, path in PATHS.items():
            if name in given:
                conditions &= Q(**({f"{path}__isnull": True} if given[name] == NONE else {path: given[name]}))
        if "since" in given:
            conditions &= Q(due_at__gte=day_begins(given["since"]))
        if "until" in given:
            conditions &= Q(due_at__lt=day_begins(given["until"] + dt.timedelta(days=1)))
        if "excusable" in given:
            excused = Q(excusable=True) if given["excusable"] == YES else ~Q(excusable=True)
            conditions &= Q(reviewed_at__isnull=False) & excused
        if "cause" in given:
            conditions &= Q(reviewed_at__isnull=False)
        if "hour" in given:
            found = found.annotate(due_hour=ExtractHour("due_at")).filter(due_hour=given["hour"])
        if "late" in given:
            conditions &= Q(reviewed_at__isnull=True, review_due_at__lt=timezone.now())
        return found.filter(conditions)


PATHS = {
    "kind": "kind", "channel": "case__channel", "team": "team", "division": "division", "category": "case__category",
    "cause": "cause_code",
}  # fmt: skip


def tabs(found: QuerySet[Breach], filters: BreachFilter) -> list[tuple[str, str, str]]:
    """(state, word, count) of each tab; counts stop at 999+."""
    fitting = filters.without_state(found).order_by()
    counted = {state: fitting.in_review_state(state)[: COUNTED_TO + 1].count() for state in STATES}
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
        _("Number"), _("Case"), _("Clock"), _("Channel"), _("Customer"), _("Category"), _("Team"), _("Division"),
        _("Held by"), _("Due"), _("Stopped"), _("Late, minutes"), _("State"), _("Review due"), _("Reviewed"),
        _("Reviewed by"), _("Cause code"), _("Cause"), _("What happened"), _("Excusable"), _("Why excusable"),
        _("Prevention"), _("Action by"), _("Action until"), _("Action done"), _("What was done"), _("Signed off"),
        _("Signed off by"),
    ]  # fmt: skip
    return head, (_cells(breach) for breach in found.iterator(chunk_size=2000))


def _cells(breach: Breach) -> list[Cell]:
    stopped, case = breach.clock.stopped_at, breach.case
    return [
        breach.number, case.number, breach.get_kind_display(), case.get_channel_display(), name_outside(case.customer),
        str(case.category or ""), str(breach.team or ""), str(breach.division or ""),
        str(breach.holder or breach.get_party_display()), breach.due_at, stopped,
        _minutes(stopped - breach.due_at) if stopped else None, str(breach.state.label), breach.review_due_at,
        *(_review_cells(breach) if breach.reviewed_at else [None] * 14),
    ]  # fmt: skip


def _review_cells(breach: Breach) -> list[Cell]:
    excusable = {True: _("Yes"), False: _("No"), None: ""}[breach.excusable]
    due_on = breach.action_due_on
    return [
        breach.reviewed_at, str(breach.reviewed_by), breach.cause_code.code if breach.cause_code else "",
        str(breach.cause_code or ""), breach.cause, excusable, breach.excuse, breach.prevention,
        str(breach.action_owner or ""), due_on.isoformat() if due_on else "", breach.action_done_at,
        breach.action_note, breach.signed_at, str(breach.signed_by or ""),
    ]  # fmt: skip


def _minutes(length: dt.timedelta) -> float:
    return round(length.total_seconds() / 60, 1)
