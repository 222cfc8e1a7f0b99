"""How likely a line falls silent next month, from its last two: a logistic regression, kept and read as plain numbers.

Risk is the chance of "no calls and no data" in the month after. Fitting is in fitting.py; reading needs no library.

What counts, in words: how little the line was used last month, how far usage fell from the month before, whether it was
already silent then, how much it brought then (whoever brought much and now hardly uses the line leaves; whoever always
used and spent little stays), how much less was recharged, and how long the line has been on the network. A line that is
silent already is ranked with all others: most such lines stay silent, and nothing special is done for them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

FEW = 10.0  # minutes or MB: usage far below it counts as hardly any, so that single minutes do not matter
SMALL = 0.1  # part of the typical revenue: amounts far below it count as hardly any
HALF = 0.5
SHOWN = 3  # reasons told about a line
FAINT = 0.1  # log odds: a reason that adds less is not worth a word

USAGE = ("usage", "usage_change", "silent_before", "revenue_before", "tenure")
RECHARGE = (*USAGE, "recharge_change")


@dataclass(frozen=True)
class Month:
    """One line in one month. None: not known. Money in any unit, as long as it is always the same."""

    minutes_in: float | None = None
    minutes_out: float | None = None
    megabytes: float | None = None
    revenue: float | None = None  # what the line brought; may be negative where more was given back
    recharged: float | None = None  # sum of the recharges

    @property
    def usage(self) -> float | None:
        """Minutes plus MB; what the network does not say is left out, None if it says nothing."""
        said = [part for part in (self.minutes_in, self.minutes_out, self.megabytes) if part is not None]
        return sum(said) if said else None

    @property
    def silent(self) -> bool | None:
        """No calls and no data: what *leaving* means here."""
        return None if self.usage is None else self.usage == 0


@dataclass(frozen=True)
class Line:
    """What is known of a line when the month to be foretold begins."""

    before: Month
    last: Month
    tenure: int | None = None  # days on the network at the end of `last`


class Reason(StrEnum):
    """Why a line is at risk; put in words where people read it."""

    SILENT = "silent"  # no calls, no data last month
    USAGE_FELL = "usage_fell"  # less than half of the month before
    USED_LITTLE = "used_little"
    SILENT_BEFORE = "silent_before"  # no calls, no data in the month before the last
    SPENT_WELL_BEFORE = "spent_well_before"  # brought more than others in the month before the last
    NO_RECHARGE = "no_recharge"  # none last month
    RECHARGED_LESS = "recharged_less"
    SHORT_TENURE = "short_tenure"


def features(line: Line, typical: float) -> dict[str, float | None]:
    """Name: number, on log scales. `typical`, an ordinary line's revenue in a month, makes money unit-free."""
    before, last = line.before, line.last
    return {
        "usage": _log(last.usage, FEW),
        "usage_change": _change(last.usage, before.usage, FEW),
        "silent_before": None if before.silent is None else float(before.silent),
        "revenue_before": _log(before.revenue, SMALL * typical),
        "tenure": _log(line.tenure, 1),
        "recharge_change": _change(last.recharged, before.recharged, SMALL * typical),
    }


def halved(now: float | None, before: Sequence[float | None]) -> bool:
    """The naive rule: revenue is more than 50 % under the mean of the months before. Unknown: no."""
    known = [revenue for revenue in before if revenue is not None]
    return now is not None and bool(known) and now < HALF * sum(known) / len(known)


@dataclass(frozen=True)
class Model:
    """A fitted model: one number per feature in each row, in the order of `names`."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]  # standard deviations
    lows: tuple[float, ...]  # smallest and largest value seen while fitting: beyond them a number counts no more
    highs: tuple[float, ...]
    coefficients: tuple[float, ...]  # log odds for one standard deviation
    intercept: float
    typical: float  # median revenue of a line in a month, in the unit of the examples
    cutoff: float  # risk from which a line is picked

    @classmethod
    def from_numbers(cls, numbers: Mapping[str, Any]) -> Self:
        """The model that `numbers()` made, also after a way through JSON."""
        given: dict[str, Any] = {key: tuple(row) if isinstance(row, list) else row for key, row in numbers.items()}
        return cls(**given)

    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    def risk(self, line: Line) -> float:
        """Chance between 0 and 1 that the line is silent in the month after `last`."""
        return 1 / (1 + math.exp(-self.intercept - sum(self.contributions(line).values())))

    def picks(self, line: Line) -> bool:
        return self.risk(line) >= self.cutoff

    def contributions(self, line: Line) -> dict[str, float]:
        """Feature: log odds that it adds to those of the average line. Unknown adds nothing."""
        found = features(line, self.typical)
        rows = zip(self.names, self.means, self.scales, self.lows, self.highs, self.coefficients, strict=True)
        return {
            name: coefficient * (_within(value, low, high) - mean) / scale
            if (value := found[name]) is not None
            else 0.0
            for name, mean, scale, low, high, coefficient in rows
        }

    def explain(self, line: Line) -> list[tuple[Reason, float]]:
        """Up to three reasons that raise the risk, strongest first, with the log odds that each adds."""
        adds = self.contributions(line)
        reasons = {
            _of_usage(line): adds.get("usage", 0.0) + adds.get("usage_change", 0.0),
            Reason.SILENT_BEFORE: adds.get("silent_before", 0.0),
            Reason.SPENT_WELL_BEFORE: adds.get("revenue_before", 0.0),
            Reason.SHORT_TENURE: adds.get("tenure", 0.0),
            _of_recharge(line): adds.get("recharge_change", 0.0),
        }
        if not line.before.silent:
            del reasons[Reason.SILENT_BEFORE]
        raising = [(reason, added) for reason, added in reasons.items() if added > FAINT]
        return sorted(raising, key=lambda pair: -pair[1])[:SHOWN]


def _of_usage(line: Line) -> Reason:
    """Silence before a fall, a fall before little usage: the plainest word for the same numbers."""
    last, before = line.last.usage, line.before.usage
    if last == 0:
        return Reason.SILENT
    if last is not None and before is not None and last < HALF * before:
        return Reason.USAGE_FELL
    return Reason.USED_LITTLE


def _of_recharge(line: Line) -> Reason:
    return Reason.NO_RECHARGE if line.last.recharged == 0 else Reason.RECHARGED_LESS


def _log(value: float | None, unit: float) -> float | None:
    """0 at 0 and below; grows by 0.69 for each doubling once well above `unit`."""
    return None if value is None else math.log1p(max(value, 0.0) / unit)


def _change(now: float | None, before: float | None, unit: float) -> float | None:
    """Below 0: less than before."""
    new, old = _log(now, unit), _log(before, unit)
    return None if new is None or old is None else new - old


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
