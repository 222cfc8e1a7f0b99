"""What the groups of a breakdown are called."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.cases.models import Category
from crm.reports.sla.totals import Figures, Key
from crm.staff.models import Team, User
from crm.timeline.models import Channel

OPEN_END = 20  # minutes: the last column of the histogram is "20 and more"


class Names:
    """Reads the names of teams, categories and agents once for a whole page."""

    def __init__(self, agents: Iterable[str | None] = ()) -> None:
        staff = {text.removeprefix("staff:") for text in agents if text and text.startswith("staff:")}
        self.people = dict(User.objects.filter(pk__in=staff).values_list("pk", "name")) if staff else {}
        self.teams = dict(Team.objects.values_list("pk", "name"))
        english = (get_language() or "").startswith("en")
        self.categories = dict(Category.objects.values_list("pk", "name_en" if english else "name"))

    @classmethod
    def of_groups(cls, counted: dict[tuple[str, ...], dict[Key, Figures]]) -> "Names":
        return cls(key[0] for key in counted.get(("agent",), {}))

    def of(self, dimension: str, value: Any) -> str:
        ways: dict[str, Callable[[Any], str]] = {
            "channel": channel,
            "team_id": lambda pk: str(self.teams.get(pk) or _("No team")),
            "category_id": lambda pk: str(self.categories.get(pk) or _("No category")),
            "agent": self.agent,
            "day": day,
            "weekday": weekday,
            "hour": hour,
            "minute": minute,
        }
        return ways[dimension](value)

    def agent(self, key: str | None) -> str:
        kind, _colon, name = (key or "").partition(":")
        if kind == "staff":
            return str(self.people.get(int(name), name))
        if kind == "sign":
            return name.capitalize()
        return _("Answered without a sign") if key else _("Not answered")


def channel(code: str) -> str:
    return str(dict(Channel.choices).get(code, code))


def hour(number: int) -> str:
    return f"{number:02}:00–{number:02}:59"


def day(value: dt.date) -> str:
    return date_format(value, "D, j M Y")


def weekday(number: int) -> str:
    """1 is Monday, as ISO 8601 counts."""
    return str(WEEKDAYS[number - 1])


def minute(value: int | None) -> str:
    if value is None:
        return _("Not answered")
    return _("%(minute)s and more") % {"minute": value} if value >= OPEN_END else str(value)
