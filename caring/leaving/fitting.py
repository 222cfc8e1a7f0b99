"""Learns the leaving risk (model.py) from lines of which the month after is known, and says how well it foretells.

The only module that needs scikit-learn: a fitted model is plain numbers.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from caring.leaving.model import RECHARGE, Line, Model, features, halved

STRENGTH = 0.3  # scikit-learn's C; from 0.1 to 1 the ranking is the same
FOLDS = 5
REPEATS = 20
SEED = 2014
Z95 = 1.96

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Example:
    """A line and whether it was silent in the month after."""

    line: Line
    left: bool


@dataclass(frozen=True)
class Share:
    """A part of something counted, with its 95 % interval; 0 to 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """How well one rule foretells."""

    picked: float  # lines; a mean over the repeats where each picks anew
    precision: Share  # of those picked, who left
    recall: Share  # of those who left, who was picked
    auc: Share  # chance that a line that left ranks before one that stayed


@dataclass(frozen=True)
class Report:
    """The model on lines that it had not seen, beside the naive rule on the same lines and the same months."""

    lines: int
    left: int
    model: Score
    naive: Score
    precision_at_naive_recall: float  # where the model finds as many of those who left
    recall_at_naive_count: float  # where the model picks as many lines


def known(examples: Sequence[Example]) -> tuple[str, ...]:
    """The features to fit on: those that at least half of the lines have."""
    found = [features(example.line, 1) for example in examples]
    return tuple(name for name in RECHARGE if 2 * sum(row[name] is not None for row in found) >= len(found))


def fit(examples: Sequence[Example], names: tuple[str, ...] | None = None) -> Model:
    """Needs lines that left and lines that stayed. Picked is who is likelier to leave than these were on average."""
    names = names or known(examples)
    typical = _typical(examples)
    table = _table(examples, names, typical)
    means, scales = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    scales[scales == 0] = 1
    left = _left(examples)
    regression = LogisticRegression(C=STRENGTH, max_iter=1000)
    with threadpool_limits(limits=1):  # the sums are small: sharing them among threads takes eight times as long
        regression.fit(np.nan_to_num((table - means) / scales), left)
    return Model(
        names=names,
        means=_plain(means),
        scales=_plain(scales),
        lows=_plain(np.nanmin(table, axis=0)),
        highs=_plain(np.nanmax(table, axis=0)),
        coefficients=_plain(regression.coef_[0]),
        intercept=float(regression.intercept_[0]),
        typical=typical,
        cutoff=float(left.mean()),
    )


def cross_validate(examples: Sequence[Example], names: tuple[str, ...] | None = None, repeats: int = REPEATS) -> Report:
    """Judges each line by models and cut-offs fitted without it, in five parts, several times over; repeatable."""
    left = _left(examples)
    rounds = [_unseen(examples, left, names, seed) for seed in range(SEED, SEED + repeats)]
    naive = np.array([halved(each.line.last.revenue, [each.line.before.revenue]) for each in examples])
    drops = np.array([_drop(each.line) for each in examples])
    found, count = int((naive & left).sum()), int(naive.sum())
    return Report(
        lines=len(examples),
        left=int(left.sum()),
        model=_score(left, rounds),
        naive=_score(left, [(drops, naive)]),
        precision_at_naive_recall=statistics.fmean(_precision_at(left, risks, found) for risks, _ in rounds),
        recall_at_naive_count=statistics.fmean(_recall_at(left, risks, count) for risks, _ in rounds),
    )


def wilson(hits: float, of: float) -> Share:
    """A share with its interval after Wilson."""
    if of == 0:
        return Share(0, 0, 1)
    share, spread = hits / of, Z95**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return Share(share, middle - half, middle + half)


def hanley(auc: float, left: int, stayed: int) -> Share:
    """An area under the curve with its interval after Hanley and McNeil."""
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (left - 1) * (one - auc**2) + (stayed - 1) * (two - auc**2)
    half = Z95 * math.sqrt(spread / (left * stayed))
    return Share(auc, max(auc - half, 0), min(auc + half, 1))


def _unseen(
    examples: Sequence[Example], left: Flags, names: tuple[str, ...] | None, seed: int
) -> tuple[Numbers, Flags]:
    """Each line's risk, and whether it is picked, from a model fitted on the other four parts."""
    risks, picked = np.zeros(len(examples)), np.zeros(len(examples), dtype=bool)
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for others, part in parts.split(np.zeros(len(examples)), left):
        model = fit([examples[at] for at in others], names)
        risks[part] = _risks(model, [examples[at] for at in part])
        picked[part] = risks[part] >= model.cutoff
    return risks, picked


def _score(left: Flags, rounds: Sequence[tuple[Numbers, Flags]]) -> Score:
    """The mean of several rounds; the intervals are those of one round, for more rounds are not more lines."""
    hits = statistics.fmean(int((picked & left).sum()) for _, picked in rounds)
    count = statistics.fmean(int(picked.sum()) for _, picked in rounds)
    auc = statistics.fmean(float(roc_auc_score(left, risks)) for risks, _ in rounds)
    gone = int(left.sum())
    return Score(count, wilson(hits, count), wilson(hits, gone), hanley(auc, gone, len(left) - gone))


def _precision_at(left: Flags, risks: Numbers, found: int) -> float:
    """Precision of the riskiest lines once they hold `found` of those who left."""
    hits = np.cumsum(left[_ranked(risks)])
    picked = int(np.searchsorted(hits, max(found, 1))) + 1
    return float(hits[picked - 1] / picked)


def _recall_at(left: Flags, risks: Numbers, count: int) -> float:
    return float(left[_ranked(risks)[:count]].sum() / left.sum())


def _ranked(risks: Numbers) -> NDArray[np.int_]:
    return np.argsort(-risks, kind="stable")


def _drop(line: Line) -> float:
    """What the naive rule ranks by: the part of the revenue that was lost."""
    now, before = line.last.revenue, line.before.revenue
    return 0.0 if now is None or before is None or before <= 0 else 1 - now / before


def _typical(examples: Sequence[Example]) -> float:
    """Median revenue of a line in a month; 1 where no line brings anything."""
    revenues = [each.line.before.revenue for each in examples if each.line.before.revenue is not None]
    return max(float(statistics.median(revenues)), 0) or 1.0 if revenues else 1.0


def _table(examples: Sequence[Example], names: tuple[str, ...], typical: float) -> Numbers:
    rows = [features(each.line, typical) for each in examples]
    return np.array([[np.nan if row[name] is None else row[name] for name in names] for row in rows], dtype=float)


def _risks(model: Model, examples: Sequence[Example]) -> Numbers:
    return np.array([model.risk(each.line) for each in examples])


def _left(examples: Sequence[Example]) -> Flags:
    return np.array([each.left for each in examples], dtype=bool)


def _plain(row: NDArray[Any]) -> tuple[float, ...]:
    return tuple(float(number) for number in row)
