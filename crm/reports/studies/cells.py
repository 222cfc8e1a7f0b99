"""One cell of a report: a channel, an agent, an hour of a weekday. In a URL: `in=weekday:3&in=hour:12`."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.lib.days import day_of
from crm.reports.studies.study import DIMENSIONS, Study

NONE = "-"
NUMBERS = {"team_id", "division_id", "category_id", "weekday", "hour"}
DAYS = {"day", "week"}
Cells = dict[str, Any]


class BadCell(ValueError):
    """An `in` that names no dimension, or a value that cannot be one."""


def written(cells: Mapping[str, Any]) -> list[str]:
    return [f"{name}:{NONE if value is None else value}" for name, value in cells.items()]


def read(texts: Iterable[str], study: Study) -> Cells:
    """The cells of a URL. Raises BadCell."""
    cells: Cells = {}
    for text in texts:
        name, _colon, value = text.partition(":")
        if name not in DIMENSIONS or (name == "pair" and not study.has_pairs):
            raise BadCell(text)
        cells[name] = None if value == NONE else _value(name, value)
    return cells


def _value(name: str, text: str) -> Any:
    try:
        if name in DAYS:
            return day_of(text)
        return int(text) if name in NUMBERS else text
    except ValueError:
        raise BadCell(text) from None


def conditions(study: Study, cells: Mapping[str, Any], *, timed: bool) -> tuple[list[str], dict[str, Any]]:
    """SQL over `rows`, and its parameters; names come from DIMENSIONS alone. `timed`: each moment is asked for."""
    sql = [_is(name, value) for name, value in cells.items()]
    if study.standing and not timed:
        sql.append(study.standing)
    return sql, {f"cell_{name}": value for name, value in cells.items()}


def _is(name: str, value: Any) -> str:
    if name == "tag":
        return "tags = '{}'" if value is None else "%(cell_tag)s = ANY(tags)"
    return f"{name} IS NOT DISTINCT FROM %(cell_{name})s"
