"""What the charts draw (static/js/chart-kinds.js says what each kind reads)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.reports.studies.counting import Counts, Key
from crm.reports.studies.links import Links
from crm.reports.studies.study import Study


def over_time(
    study: Study, step: str, steps: list[Any], counted: Mapping[Key, Counts], links: Links, *, before: list[int]
) -> dict[str, Any]:
    """A bar for each step of the time; the time before lies over it as a dashed line, step for step."""
    series: list[dict[str, Any]] = [
        {
            "name": str(study.measure(name).word),
            "tone": study.measure(name).tone,
            "values": [_number(counted, step_, name) for step_ in steps],
            "urls": [links.things(name, {step: step_}) for step_ in steps],
        }
        for name in study.charted
    ]
    if before:
        series.append({"name": _("Before"), "tone": "muted", "values": before[: len(steps)], "dashed": True})
    return {"labels": [label(step, value) for value in steps], "stacked": study.stacked, "series": series}


def _number(counted: Mapping[Key, Counts], value: Any, name: str) -> int:
    counts = counted.get((value,))
    return counts[name] if counts else 0


def label(step: str, value: Any) -> str:
    return f"{value:02}" if step == "hour" else date_format(value, "j M")


def steps(step: str, since: dt.datetime, until: dt.datetime, at: dt.datetime) -> list[Any]:
    """Every step of the time as far as it has come, so that an empty day is a gap in the chart and not left out."""
    last = min(until, at) - dt.timedelta(microseconds=1)
    if step == "hour":
        return list(range(last.astimezone(since.tzinfo).hour + 1))
    first, end = since.date(), last.astimezone(since.tzinfo).date()
    first -= dt.timedelta(days=first.weekday() if step == "week" else 0)
    width = 7 if step == "week" else 1
    return [first + dt.timedelta(days=n) for n in range(0, (end - first).days + 1, width)]


def heat(study: Study, counted: Mapping[Key, Counts], links: Links) -> dict[str, Any]:
    """How many by weekday and hour."""
    numbers = {key: counts[study.heat] for key, counts in counted.items()}
    most = max(numbers.values(), default=0)
    cells = [
        {
            "day": day - 1,
            "hour": hour,
            "value": numbers.get((day, hour), 0),
            "url": links.things(study.heat, {"weekday": day, "hour": hour}),
        }
        for day in range(1, 8)
        for hour in range(24)
    ]
    return {
        "days": [str(WEEKDAYS_ABBR[day]) for day in range(7)],
        "hours": [f"{hour:02}" for hour in range(24)],
        "unit": "",
        "max": max(most, 1),
        "write_from": max(most * 0.5, 1),
        "cells": cells,
    }
