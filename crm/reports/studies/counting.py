"""Counting: the totals and every breakdown that a page asks, in one pass over the report's rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.lib.patience import fetch
from crm.reports.sla.filters import Filters
from crm.reports.studies import cells as cell
from crm.reports.studies.rows import rows
from crm.reports.studies.study import DIMENSIONS, TIMES, Study

Key = tuple[Any, ...]
Breakdown = tuple[str, ...]
TOTAL: Breakdown = ()


@dataclass(frozen=True)
class Counts:
    """The counts of one group of things, and median and ninth decile of their seconds (None: nothing to measure)."""

    numbers: dict[str, int]
    lengths: dict[str, tuple[float | None, float | None]]

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def share(self, part: str, whole: str) -> float | None:
        """Percent; None of nothing."""
        return 100 * self[part] / self[whole] if self[whole] else None


def nothing(study: Study) -> Counts:
    return Counts(dict.fromkeys(study.names, 0), {one.name: (None, None) for one in study.lengths})


def count(
    study: Study,
    filters: Filters,
    breakdowns: Sequence[Breakdown] = (TOTAL,),
    *,
    only: cell.Cells | None = None,
    seconds: float | None = None,
) -> dict[Breakdown, dict[Key, Counts]]:
    """`{("channel",): {("x",): Counts, …}, (): {(): Counts}}`; `only` narrows it to cells. Raises TooLong.

    A case with two tags counts under both, and once in the total.
    """
    found: dict[Breakdown, dict[Key, Counts]] = {}
    for together in _passes(study, breakdowns):
        found |= _counted(study, filters, together, only or {}, seconds)
    return found


def _passes(study: Study, breakdowns: Sequence[Breakdown]) -> list[list[Breakdown]]:
    """By tag has its own rows; what stands at a moment is counted at the last one, and by time at each of them."""
    kinds: dict[tuple[bool, bool], list[Breakdown]] = {}
    for names in breakdowns:
        kinds.setdefault(("tag" in names, bool(study.standing) and _is_timed(names)), []).append(names)
    return list(kinds.values())


def _is_timed(names: Sequence[str]) -> bool:
    return any(name in TIMES for name in names)


def _counted(
    study: Study, filters: Filters, breakdowns: list[Breakdown], only: cell.Cells, seconds: float | None
) -> dict[Breakdown, dict[Key, Counts]]:
    used = [name for name in DIMENSIONS if any(name in names for names in breakdowns)]
    levels = {_level(names, used): names for names in breakdowns}
    found: dict[Breakdown, dict[Key, Counts]] = {names: {} for names in breakdowns}
    with_rows, parameters = rows(study, filters, by_tag="tag" in used)
    conditions, values = cell.conditions(study, only, timed=_is_timed([*used, *only]))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    select, groups = _select(study, breakdowns, used)
    for row in fetch(f"{with_rows} SELECT {select} FROM rows {where} {groups}", parameters | values, seconds=seconds):
        names = levels[row[0]]
        keys = dict(zip(used, row[1:], strict=False))
        found[names][tuple(keys[name] for name in names)] = _read(study, row[1 + len(used) :])
    return found


def _select(study: Study, breakdowns: list[Breakdown], used: list[str]) -> tuple[str, str]:
    """The columns, and the GROUP BY."""
    counts = [f"count(*) FILTER (WHERE {one.sql})" for one in study.measures]
    times = [
        f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE {study.measure(one.of).sql})"
        for one in study.lengths
    ]
    level = f"GROUPING({', '.join(used)})" if used else "0"
    sets = ", ".join(f"({', '.join(names)})" for names in breakdowns)
    return ", ".join([level, *used, *counts, *times]), f"GROUP BY GROUPING SETS ({sets})"


def _level(names: Breakdown, used: list[str]) -> int:
    """PostgreSQL's GROUPING(): a bit for each dimension that the row is not grouped by."""
    return int("0" + "".join("0" if name in names else "1" for name in used), 2)


def _read(study: Study, values: Sequence[Any]) -> Counts:
    numbers = dict(zip(study.names, values, strict=False))
    pairs = values[len(study.names) :]
    lengths = {
        one.name: (pair[0], pair[1]) if pair else (None, None) for one, pair in zip(study.lengths, pairs, strict=True)
    }
    return Counts(numbers, lengths)
