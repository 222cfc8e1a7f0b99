"""Differences between two groups with their 95 % interval. Pure.

scipy is loaded when something is counted: in the worker, at night, and by no page.
"""

import math
from dataclasses import dataclass

SURE = 0.95


@dataclass(frozen=True)
class Interval:
    """The first group less the second."""

    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class Sample:
    mean: float
    variance: float
    of: int


def of_shares(hits: int, of: int, other_hits: int, other_of: int) -> Interval:
    """Newcombe's hybrid of two Wilson intervals (his method 10): holds for small groups and for shares near 0 or 1."""
    share, other = hits / of, other_hits / other_of
    low, high = _wilson(hits, of)
    other_low, other_high = _wilson(other_hits, other_of)
    effect = share - other
    return Interval(
        effect,
        effect - math.hypot(share - low, other_high - other),
        effect + math.hypot(high - share, other - other_low),
    )


def of_means(one: Sample, other: Sample) -> Interval:
    """Welch: the groups need not vary alike, nor be of one size."""
    effect, part, other_part = one.mean - other.mean, one.variance / one.of, other.variance / other.of
    if part + other_part == 0:
        return Interval(effect, effect, effect)
    freedom = (part + other_part) ** 2 / (part**2 / (one.of - 1) + other_part**2 / (other.of - 1))
    from scipy.stats import t  # noqa: PLC0415

    width = float(t.ppf((1 + SURE) / 2, freedom)) * math.sqrt(part + other_part)
    return Interval(effect, effect - width, effect + width)


def _wilson(hits: int, of: int) -> tuple[float, float]:
    from scipy.stats import binomtest  # noqa: PLC0415

    found = binomtest(hits, of).proportion_ci(SURE, method="wilson")
    return float(found.low), float(found.high)
