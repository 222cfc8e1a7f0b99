"""Narrowing a list to one cell of the report: one channel, one agent, one hour of one weekday.

In a URL: `in=weekday:3&in=hour:12`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.lib.days import day_of
from crm.reports.sla.figures import DIMENSIONS

NONE = "-"
NUMBERS = {"team_id", "category_id", "weekday", "hour", "minute"}
Cells = dict[str, Any]


class BadCell(ValueError):
    """An `in` that names no dimension, or a value that cannot be one."""


def written(cells: Mapping[str, Any]) -> list[str]:
    return [f"{name}:{NONE if value is None else value}" for name, value in cells.items()]


def read(texts: Iterable[str]) -> Cells:
    """The cells of a URL. Raises BadCell."""
    cells: Cells = {}
    for text in texts:
        name, _colon, value = text.partition(":")
        if name not in DIMENSIONS:
            raise BadCell(text)
        cells[name] = None if value == NONE else _value(name, value)
    return cells


def _value(name: str, text: str) -> Any:
    try:
        if name == "day":
            return day_of(text)
        return int(text) if name in NUMBERS else text
    except ValueError:
        raise BadCell(text) from None


def conditions(cells: Cells) -> tuple[list[str], dict[str, Any]]:
    """SQL over `facts`, and its parameters; names come from DIMENSIONS alone."""
    sql = [f"{name} IS NOT DISTINCT FROM %(cell_{name})s" for name in cells]
    return sql, {f"cell_{name}": value for name, value in cells.items()}
