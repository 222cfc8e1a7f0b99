"""How a bench prints: aligned columns, then one line of JSON."""

import json
from collections.abc import Iterable, Sequence
from typing import Any


def show(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table under its title; figures to the right, the first column to the left."""
    cells = [[str(head) for head in heads], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    print(f"\n{title}")  # noqa: T201
    for row in cells:
        first, *figures = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in figures)]))  # noqa: T201


def last_line(name: str, figures: dict[str, Any]) -> str:
    return json.dumps({"bench": name} | {key: _short(value) for key, value in figures.items()})


def _cell(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _short(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


def percentile(values: Sequence[float], percent: float) -> float:
    """Linear between neighbours, as numpy's default. Raises IndexError for no values."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
