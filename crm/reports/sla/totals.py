"""Counting: totals and every breakdown of the page in one pass over the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.lib.patience import fetch
from crm.reports.sla import cells as cell
from crm.reports.sla.facts import facts
from crm.reports.sla.figures import DIMENSIONS, FIGURES, TIMES
from crm.reports.sla.filters import Filters

Key = tuple[Any, ...]
TOTAL: tuple[str, ...] = ()
BREAKDOWNS: tuple[tuple[str, ...], ...] = (
    TOTAL, ("channel",), ("team_id",), ("agent",), ("category_id",), ("day",), ("weekday", "hour"), ("minute",),
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """The counts of one group of cases, and its times in seconds (None where there is nothing to measure)."""

    counts: dict[str, int]
    times: dict[str, tuple[float | None, float | None]]

    def __getitem__(self, name: str) -> int:
        return self.counts[name]

    def share(self, part: str, whole: str) -> float | None:
        """Percent; None of nothing."""
        return 100 * self[part] / self[whole] if self[whole] else None

    def median(self, time: str = "reply") -> float | None:
        return self.times[time][0]

    def p90(self, time: str = "reply") -> float | None:
        return self.times[time][1]


def count(
    filters: Filters, breakdowns: Sequence[tuple[str, ...]] = (TOTAL,), *, only: cell.Cells | None = None
) -> dict[tuple[str, ...], dict[Key, Figures]]:
    """`{("channel",): {("x",): Figures, …}, (): {(): Figures}}` in one query; `only` narrows it to cells."""
    found: dict[tuple[str, ...], dict[Key, Figures]] = {names: {} for names in breakdowns}
    used = [name for name in DIMENSIONS if any(name in names for names in breakdowns)]
    levels = {_level(names, used): names for names in breakdowns}
    for level, keys, figures in _rows(filters, breakdowns, used, only or {}):
        names = levels[level]
        found[names][tuple(keys[name] for name in names)] = figures
    return found


def _rows(
    filters: Filters, breakdowns: Sequence[tuple[str, ...]], used: list[str], only: cell.Cells
) -> list[tuple[int, dict[str, Any], Figures]]:
    with_facts, parameters = facts(filters)
    conditions, values = cell.conditions(only)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    select, groups = _select(breakdowns, used)
    found = fetch(f"{with_facts} SELECT {select} FROM facts {where} {groups}", parameters | values)
    return [_read(row, used) for row in found]


def _select(breakdowns: Sequence[tuple[str, ...]], used: list[str]) -> tuple[str, str]:
    """The columns, and the GROUP BY."""
    counts = [f"count(*) FILTER (WHERE {condition})" for condition in FIGURES.values()]
    times = [
        f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {seconds}) FILTER (WHERE {FIGURES[figure]})"
        for seconds, figure in TIMES.values()
    ]
    level = f"GROUPING({', '.join(used)})" if used else "0"
    sets = ", ".join(f"({', '.join(names)})" for names in breakdowns)
    return ", ".join([level, *used, *counts, *times]), f"GROUP BY GROUPING SETS ({sets})"


def _level(names: tuple[str, ...], used: list[str]) -> int:
    """PostgreSQL's GROUPING(): a bit for each dimension that the row is not grouped by."""
    return int("0" + "".join("0" if name in names else "1" for name in used), 2)


def _read(row: Sequence[Any], used: list[str]) -> tuple[int, dict[str, Any], Figures]:
    level, values = row[0], list(row[1:])
    keys = dict(zip(used, values, strict=False))
    counts = dict(zip(FIGURES, values[len(used) :], strict=False))
    times = values[len(used) + len(FIGURES) :]
    pairs = {name: (pair[0], pair[1]) if pair else (None, None) for name, pair in zip(TIMES, times, strict=True)}
    return level, keys, Figures(counts, pairs)
