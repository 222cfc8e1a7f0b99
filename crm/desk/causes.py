"""The Pareto of causes as the page shows it: every figure leads to its breaches."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Breach, Category, Cause
from crm.cases.pareto import Counted, Group, pareto, split
from crm.desk.breaches import ALL, NO, NONE, YES, BreachFilter
from crm.lib.sheets import Cell
from crm.staff.models import Division, Team
from crm.timeline.models import Channel

DAYS = 30
SPLITS = {
    "division": gettext_lazy("Division"), "team": gettext_lazy("Team"), "hour": gettext_lazy("Hour"),
    "channel": gettext_lazy("Channel"), "category": gettext_lazy("Category"), "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
}  # fmt: skip


class CausesFilter(BreachFilter):
    """The filters of the list, the last thirty days unless others are asked for, and what to split by."""

    split = forms.ChoiceField(label=gettext_lazy("Split by"), required=False, choices=list(SPLITS.items()))

    def __init__(self, data: Any) -> None:
        given = data.copy()
        if not given.get("since") and not given.get("until"):
            given["since"] = str(timezone.localdate() - dt.timedelta(days=DAYS - 1))
        super().__init__(given)

    @property
    def split_shown(self) -> str:
        asked = self.data.get("split", "")
        return asked if asked in SPLITS else "division"

    @property
    def query(self) -> dict[str, str]:
        """The filters that are set, as the list of breaches reads them."""
        return {name: self.data[name] for name in BreachFilter.base_fields if name != "state" and self.data.get(name)}


@dataclass(frozen=True)
class Row:
    """A cause with its figures and the ways to its breaches."""

    key: int | str
    name: str
    count: int
    excused: int
    share: float
    cumulated: float
    bar: float
    url: str
    excused_url: str


@dataclass(frozen=True)
class Causes:
    rows: list[Row]
    total: int
    excused: int
    unreviewed: int


@dataclass(frozen=True)
class SplitRow:
    name: str
    cells: list[tuple[int, str]]
    count: int
    excused: int
    url: str
    excused_url: str


def links(query: dict[str, str], **more: object) -> str:
    return f"{reverse('desk:breaches')}?{urlencode({'state': ALL, **query, **more})}"


def causes_in(found: QuerySet[Breach], query: dict[str, str]) -> Causes:
    counted = pareto(found)
    most = max((one.count for one in counted), default=0)
    rows = [_row(one, most, query) for one in counted]
    unreviewed = found.filter(reviewed_at__isnull=True).order_by().count()
    return Causes(rows, sum(row.count for row in rows), sum(row.excused for row in rows), unreviewed)


def _row(one: Counted, most: int, query: dict[str, str]) -> Row:
    key: int | str = one.cause.pk if one.cause else NONE
    urls = [links(query, cause=key, excusable=excusable) for excusable in (NO, YES)]
    bar = 100 * one.count / most if most else 0.0
    return Row(key, name_of(one.cause), one.count, one.excused, one.share, one.cumulated, bar, *urls)


def name_of(cause: Cause | None) -> str:
    return str(cause) if cause else _("Without a code")


def chart(causes: Causes) -> dict[str, Any]:
    """What the chart reads: bars of preventable ones, excusable ones on top, the line of the cumulated share."""
    return {
        "labels": [row.name for row in causes.rows],
        "values": [row.count for row in causes.rows],
        "excused": [row.excused for row in causes.rows],
        "cumulated": [round(row.cumulated, 1) if row.count else None for row in causes.rows],
        "urls": [row.url for row in causes.rows],
        "excused_urls": [row.excused_url for row in causes.rows],
        "names": {"count": _("Preventable"), "excused": _("Excusable"), "cumulated": _("Cumulated")},
    }


def split_rows(found: QuerySet[Breach], by: str, causes: Causes, query: dict[str, str]) -> list[SplitRow]:
    names = _Names(by)
    return [_split_row(group, causes, query, names) for group in split(found, by)]


def _split_row(group: Group, causes: Causes, query: dict[str, str], names: "_Names") -> SplitRow:
    own = query | names.query(group.key)
    cells = []
    for row in causes.rows:
        number = group.by_cause[None if row.key == NONE else int(row.key)]
        cells.append((number, links(own, cause=row.key, excusable=NO)))
    urls = [links(own, excusable=excusable) for excusable in (NO, YES)]
    return SplitRow(names.name(group.key), cells, group.count, group.excused, *urls)


class _Names:
    """What the values of a split are called, and which filter finds their breaches."""

    def __init__(self, by: str) -> None:
        self.by = by
        models: dict[str, Any] = {"team": Team, "division": Division, "category": Category}
        self.known = {one.pk: str(one) for one in models[by].objects.all()} if by in models else {}
        self.missing = {"team": _("No team"), "division": _("With us, no division"), "category": _("No category")}.get(
            by, ""
        )

    def name(self, key: Any) -> str:
        if self.by in ("week", "month"):
            day = timezone.localdate(key)
            return (
                date_format(day, "F Y") if self.by == "month" else _("from %(day)s") % {"day": date_format(day, "j M")}
            )
        if self.by == "hour":
            return f"{key:02}:00"
        return str(dict(Channel.choices).get(key, key)) if self.by == "channel" else self.known.get(key, self.missing)

    def query(self, key: Any) -> dict[str, str]:
        if self.by in ("week", "month"):
            first = timezone.localdate(key)
            following = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) if self.by == "month" else None
            last = (following or first + dt.timedelta(days=7)) - dt.timedelta(days=1)
            return {"since": str(first), "until": str(last)}
        return {self.by: NONE if key is None else str(key)}


def export_rows(causes: Causes, groups: list[SplitRow], by: str) -> tuple[list[str], list[list[Cell]]]:
    """The Pareto, and beneath it the split, as one sheet."""
    head = [_("Cause"), _("Preventable"), _("Share, %"), _("Cumulated, %"), _("Excusable")]
    rows: list[list[Cell]] = [
        [row.name, row.count, round(row.share, 1), round(row.cumulated, 1), row.excused] for row in causes.rows
    ]
    rows += [[], [str(SPLITS[by]), *(row.name for row in causes.rows), _("Preventable"), _("Excusable")]]
    rows += [[row.name, *(number for number, _url in row.cells), row.count, row.excused] for row in groups]
    return head, rows
