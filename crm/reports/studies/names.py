"""What the groups of a breakdown are called; adds to the names of the SLA report."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.words import Kind, Party, Priority
from crm.customers.models import Tier
from crm.reports.sla import names as sla
from crm.staff.models import Division

# What a report can be parted by: word in the address -> (dimension, word on the page).
BY: dict[str, tuple[str, Any]] = {
    "pair": ("pair", gettext_lazy("From and to")),
    "day": ("day", gettext_lazy("Day")),
    "week": ("week", gettext_lazy("Week")),
    "weekday": ("weekday", gettext_lazy("Weekday")),
    "hour": ("hour", gettext_lazy("Hour")),
    "channel": ("channel", gettext_lazy("Channel")),
    "team": ("team_id", gettext_lazy("Team")),
    "division": ("division_id", gettext_lazy("Division")),
    "category": ("category_id", gettext_lazy("Category")),
    "kind": ("kind", gettext_lazy("Kind")),
    "tier": ("tier", gettext_lazy("Tier")),
    "agent": ("agent", gettext_lazy("Agent")),
    "priority": ("priority", gettext_lazy("Priority")),
    "tag": ("tag", gettext_lazy("Tag")),
}


class Names(sla.Names):
    def __init__(self, agents: Iterable[str | None] = ()) -> None:
        super().__init__(agents)
        self.divisions = {division.pk: str(division) for division in Division.objects.all()}
        self.ways: dict[str, Callable[[Any], str]] = {
            "division_id": lambda pk: self.divisions.get(pk) or _("No division"),
            "kind": lambda code: _word(Kind.choices, code),
            "tier": lambda code: _word(Tier.choices, code) or _("No tier"),
            "priority": lambda code: _word(Priority.choices, code),
            "tag": lambda tag: tag or _("No tag"),
            "week": week,
            "weekday": sla.weekday,
            "agent": self.agent,
            "pair": self.pair,
        }

    def of(self, dimension: str, value: Any) -> str:
        way = self.ways.get(dimension)
        return way(value) if way else super().of(dimension, value)

    def of_cells(self, cells: Mapping[str, Any]) -> str:
        return " ".join(self.of(dimension, value) for dimension, value in cells.items())

    def agent(self, key: str | None) -> str:
        return super().agent(key) if key else _("Nobody")

    def pair(self, key: str | None) -> str:
        giver, _arrow, taker = (key or "").partition(">")
        return f"{self._place(giver)} → {self._place(taker)}"

    def _place(self, text: str) -> str:
        kind, number = text[:1], text[1:]
        if kind == "t" and (number.isdecimal() or not number):
            return self.of("team_id", int(number) if number else None)
        if kind == "d" and number.isdecimal():
            return self.of("division_id", int(number))
        return _word(Party.choices, text)


def _word(choices: Any, code: str) -> str:
    return str(dict(choices).get(code, code))


def week(monday: dt.date) -> str:
    return _("Week of %(day)s") % {"day": date_format(monday, "j M Y")}
