"""Adding up what was recounted: plain numbers by words, which add to those of the next step and are kept as JSON."""

import datetime as dt
from collections import Counter
from typing import Any

from crm.cases.foresight.lives import Life
from crm.cases.foresight.recount import Recounted, Standing
from crm.cases.words import Party, Verdict

BY = ("channel", "team", "category")
SIDES = ("was", "then")
Tally = dict[str, Any]


class Tallier:
    """Counts by keys such as "was response met", "then late team 3", "then lead 2026-11-18 3"."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self.zone = zone
        self.counts: Counter[str] = Counter()

    def add_case(self, life: Life) -> None:
        for name, value in places(life):
            self.counts[f"cases {name} {value}"] += 1

    def add(self, life: Life, one: Recounted) -> None:
        for side in SIDES:
            standing: Standing = getattr(one, side)
            self.counts[f"{side} {one.clock.kind} {standing.verdict}"] += 1
            self.counts[f"{side} warnings"] += standing.warnings
            if standing.verdict == Verdict.MISSED:
                self._late(side, life, standing)
            self._steps(side, life, standing)
            for name, value in places(life):
                self.counts[f"{side} told {name} {value}"] += standing.warnings + len(standing.steps)
        if one.was.verdict != one.then.verdict:
            self.counts["changed"] += 1
            for name, value in places(life):
                self.counts[f"changed {name} {value}"] += 1

    def _late(self, side: str, life: Life, standing: Standing) -> None:
        for name, value in places(life):
            self.counts[f"{side} late {name} {value}"] += 1
        if standing.due_at is not None:
            local = standing.due_at.astimezone(self.zone)
            self.counts[f"{side} day {local:%Y-%m-%d}"] += 1
            self.counts[f"{side} hour {local:%H}"] += 1

    def _steps(self, side: str, life: Life, standing: Standing) -> None:
        for at, party in standing.steps:
            self.counts[f"{side} to {party}"] += 1
            if party == Party.SUPERVISOR:
                self.counts[f"{side} lead {at.astimezone(self.zone):%Y-%m-%d} {life.team_id or 0}"] += 1


def places(life: Life) -> tuple[tuple[str, object], ...]:
    """Where a case is counted; 0 stands for none."""
    return ("channel", life.channel), ("team", life.team_id or 0), ("category", life.category_id or 0)


def added(tally: Tally, counts: Counter[str]) -> Tally:
    return dict(Counter(tally) + counts)
