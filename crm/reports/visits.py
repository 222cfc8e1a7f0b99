"""Wait and service time of the centres, by office and day: one SQL query; each figure opens the visits it counts.

The wait is from arrival to the first call, of those who were called; service is from start to end, of those who were
served. Days are those of each office's own calendar.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.lib.display import duration, grouped, percent
from crm.lib.sheets import Cell
from crm.staff.models import Office
from crm.visits.listing import CALLED, OVER, wait_goal
from crm.visits.words import VisitState

WAIT = "extract(epoch FROM called_at - arrived_at)"
SERVICE = "extract(epoch FROM ended_at - started_at)"
# Grouped by office and day, by office, and in all: a median of medians would be none.
SQL = f"""
SELECT office_id, day, count(*), count(called_at), count(*) FILTER (WHERE state = 'ended'),
       count(*) FILTER (WHERE state = 'left'), count(*) FILTER (WHERE called_at > arrived_at + %(goal)s),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY {WAIT}) FILTER (WHERE called_at IS NOT NULL),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY {WAIT}) FILTER (WHERE called_at IS NOT NULL),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY {SERVICE}) FILTER (WHERE state = 'ended'),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY {SERVICE}) FILTER (WHERE state = 'ended')
FROM visits_visit
WHERE office_id = ANY(%(offices)s) AND day BETWEEN %(since)s AND %(until)s
GROUP BY GROUPING SETS ((office_id, day), (office_id), ())
ORDER BY office_id NULLS FIRST, day DESC NULLS FIRST
"""


@dataclass(frozen=True)
class Figure:
    """A number and where it leads."""

    text: str
    url: str
    value: float | None


@dataclass(frozen=True)
class Row:
    """Of one office and day; without a day of all its days, without an office of all offices."""

    office: Office | None
    day: dt.date | None
    came: Figure
    called: Figure
    served: Figure
    left: Figure
    too_long: Figure
    wait_median: Figure
    wait_p90: Figure
    service_median: Figure
    service_p90: Figure

    @property
    def in_time(self) -> str:
        """Called within the goal, of those called."""
        called, late = self.called.value or 0, self.too_long.value or 0
        return percent(100 * (called - late) / called) if called else "–"


def count(offices: list[Office], since: dt.date, until: dt.date) -> list[Row]:
    """The total first, then each office with its days, the newest first; nothing where nobody came."""
    named = {office.pk: office for office in offices}
    asked: dict[str, Any] = {"offices": list(named), "since": since, "until": until, "goal": wait_goal()}
    with connection.cursor() as cursor:
        cursor.execute(SQL, asked)
        found = cursor.fetchall()
    return [_row(named.get(pk), day, numbers, since, until) for pk, day, *numbers in found if numbers[0]]


def _row(office: Office | None, day: dt.date | None, numbers: list[Any], since: dt.date, until: dt.date) -> Row:
    def link(state: str) -> str:
        asked = {"office": office.code if office else "", "since": day or since, "until": day or until, "state": state}
        return f"{reverse('desk:visits')}?{urlencode(asked)}"

    states = ("", CALLED, VisitState.ENDED, VisitState.LEFT, OVER)
    counts = [Figure(grouped(n), link(state), n) for n, state in zip(numbers[:5], states, strict=True)]
    lengths = zip(numbers[5:], (CALLED, CALLED, VisitState.ENDED, VisitState.ENDED), strict=True)
    return Row(office, day, *counts, *(_length(seconds, link(state)) for seconds, state in lengths))


def _length(seconds: Any, url: str) -> Figure:
    return Figure(
        "–" if seconds is None else duration(float(seconds)), url, None if seconds is None else float(seconds)
    )


def table(rows: list[Row]) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("GraPARI"), _("Day"), pgettext("visit", "Came"), pgettext("visit", "Called"), _("Served"),
        _("Walked out"), _("Waited too long"),
        _("Wait, median, seconds"), _("Wait, p90, seconds"), _("Service, median, seconds"),
        _("Service, p90, seconds"),
    ]  # fmt: skip
    return head, (_cells(row) for row in rows)


def _cells(row: Row) -> list[Cell]:
    figures = (
        row.came, row.called, row.served, row.left, row.too_long, row.wait_median, row.wait_p90, row.service_median,
        row.service_p90,
    )  # fmt: skip
    values = [None if one.value is None else round(one.value) for one in figures]
    return [str(row.office or _("All")), row.day.isoformat() if row.day else "", *values]
