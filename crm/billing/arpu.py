"""ARPU of one line from its rolling row. Pure; counting.py says the same in SQL, and a test holds the two together.

The mean of the last three full months. Nothing known of the newest one: it is late, and the three before it count.
Nothing known of another: 0. Months before the first that is known are none of this line's. Credits count as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MONTHS = 3


@dataclass(frozen=True)
class Arpu:
    amount: int
    months: tuple[int, ...]  # newest first
    amounts: tuple[int | None, ...]  # of those months; None counts as 0
    late: bool


def arpu_of(revenue: Sequence[int | None], *, newest: int, first: int, last: int) -> Arpu:
    """`revenue` goes back from month `newest`; `last` is the newest full month."""

    def known(month: int) -> int | None:
        place = newest - month
        return revenue[place] if 0 <= place < len(revenue) else None

    late = known(last) is None
    end = last - 1 if late else last
    months = tuple(month for month in range(end, end - MONTHS, -1) if month >= first)
    amounts = tuple(known(month) for month in months)
    return Arpu(rounded(sum(one or 0 for one in amounts), len(months)), months, amounts, late)


def rounded(total: int, count: int) -> int:
    """Halves go away from zero, as PostgreSQL rounds."""
    if not count:
        return 0
    size = (2 * abs(total) + count) // (2 * count)
    return size if total >= 0 else -size
