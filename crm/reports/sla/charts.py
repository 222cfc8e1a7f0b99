"""The figures that the charts draw (static/js/chart-kinds.js says what each kind reads)."""

import datetime as dt
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.lib.display import duration
from crm.reports.sla.goals import REPLY
from crm.reports.sla.links import Links
from crm.reports.sla.names import OPEN_END, minute
from crm.reports.sla.tables import Row
from crm.reports.sla.totals import Figures

TARGET_MINUTES = 15
WRITE_FROM = 6.0  # percent: milder cells show their colour alone
SMALLEST = 5  # cases a cell of the heat map must have before it may be called a hole


def by_day(now: list[Row], before: list[Row], links: Links) -> dict[str, Any]:
    """Shares of due, by day. The period before lies under it day for day."""
    series = [
        _line(now, _("First reply in time"), "accent", ("due_in_time", "due"), links),
        _line(now, _("Settled in time"), "corporate", ("settle_due_in_time", "settle_due"), links),
    ]
    if before:
        earlier = _shares(before, "due_in_time", "due")[: len(now)]
        series.append({"name": _("Before"), "values": earlier, "tone": "muted", "dashed": True})
    labels = [_day(row.value) for row in now]
    return {"labels": labels, "unit": "%", "min": _floor(series), "max": 100, "goal": REPLY, "series": series}


def _line(rows: list[Row], name: str, tone: str, share: tuple[str, str], links: Links) -> dict[str, Any]:
    urls = [links.cases(share[1], row.key) for row in rows]
    return {"name": name, "values": _shares(rows, *share), "tone": tone, "urls": urls}


def _shares(rows: list[Row], part: str, whole: str) -> list[float | None]:
    return [None if (share := row.figures.share(part, whole)) is None else round(share, 1) for row in rows]


def _floor(series: list[dict[str, Any]]) -> int:
    """The axis begins at the ten below the lowest share, so that differences can be seen."""
    values = [value for line in series for value in line["values"] if value is not None]
    return int(min(values, default=0) // 10 * 10)


def _day(value: dt.date) -> str:
    return date_format(value, "j M")


def how_long(rows: list[Row], total: Figures, links: Links) -> dict[str, Any]:
    """How many first replies took so many minutes."""
    counts = {row.value: row.figures["answered"] for row in rows}
    minutes = range(OPEN_END + 1)
    marks = [
        {"at": min(int(seconds // 60), OPEN_END), "text": f"{word} {duration(seconds)}"}
        for word, seconds in ((_("median"), total.median()), ("p90", total.p90()))
        if seconds is not None
    ]
    return {
        "labels": [f"{OPEN_END}+" if m == OPEN_END else minute(m) for m in minutes],
        "name": _("First replies"),
        "values": [counts.get(m, 0) for m in minutes],
        "urls": [links.cases("answered", {"minute": m}) for m in minutes],
        "late_from": TARGET_MINUTES,
        "late_text": _("15 min"),
        "marks": marks,
    }


def heat(rows: list[Row], links: Links) -> dict[str, Any]:
    """Share of due first replies that did not come in time, by weekday and hour."""
    late = {(row.key["weekday"], row.key["hour"]): late_share(row) for row in rows}
    cells = [
        {
            "day": day - 1,
            "hour": hour,
            "value": late.get((day, hour)),
            "url": links.cases("due", {"weekday": day, "hour": hour}),
        }
        for day in range(1, 8)
        for hour in range(24)
    ]
    worst = max((share for share in late.values() if share is not None), default=0)
    return {
        "days": [str(WEEKDAYS_ABBR[day]) for day in range(7)],
        "hours": [f"{hour:02}" for hour in range(24)],
        "max": max(worst, 1),
        "write_from": max(WRITE_FROM, worst * 0.4),
        "cells": cells,
    }


def late_share(row: Row) -> float | None:
    share = row.figures.share("due_in_time", "due")
    return None if share is None else round(100 - share, 1)


def holes(rows: list[Row]) -> list[Row]:
    """The three hours of the week in which most first replies were late or missing."""
    missed = [row for row in rows if row.figures["due"] >= SMALLEST and row.figures["due_missed"]]
    return sorted(missed, key=lambda row: -row.figures["due_missed"])[:3]
