"""What the kept figures say: each effect with its interval, or that there is not enough data; what a contact costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caring.effect.outcomes import BY_KEY, OUTCOMES, Outcome
from caring.models import EffectFigures, EffectRule, Stage
from caring.words import Way
from crm.lib.display import grouped, rupiah

POINTS = 100
WIDTH, MIDDLE, ROOM = 100, 50, 46  # of the drawn interval
COST_WORDS: dict[str, Promise | str] = {
    Way.CALL: _("Calls"), Way.SMS: "SMS", Way.EMAIL: _("E-mails"), Way.LETTER: _("Letters"), Way.VISIT: _("Visits"),
    "social": _("Social networks"),
}  # fmt: skip


def signed(value: float, outcome: Outcome) -> str:
    """'+2,1' percentage points, '−Rp 12.000'."""
    size = abs(value) * (POINTS if outcome.is_share else 1)
    sign = "" if not round(size, 1 if outcome.is_share else 0) else "−" if value < 0 else "+"
    return f"{sign}{grouped(size, 1)}" if outcome.is_share else f"{sign}{rupiah(round(size))}"


@dataclass(frozen=True)
class Effect:
    """One outcome of one stage: those who were contacted, less the hold-out."""

    outcome: Outcome
    said: Mapping[str, Any]
    least: int
    widest: float = 0

    @property
    def of(self) -> int:
        return int(self.said.get("of") or 0)

    @property
    def held_of(self) -> int:
        return int(self.said.get("held_of") or 0)

    @property
    def is_known(self) -> bool:
        return "effect" in self.said

    @property
    def missing(self) -> int:
        """Customers of the group that is short of them."""
        return max(0, self.least - self.of)

    @property
    def held_missing(self) -> int:
        return max(0, self.least - self.held_of)

    @property
    def value(self) -> float:
        return float(self.said["effect"])

    @property
    def low(self) -> float:
        return float(self.said["low"])

    @property
    def high(self) -> float:
        return float(self.said["high"])

    @property
    def is_proven(self) -> bool:
        """The interval leaves out nothing at all as an answer, but *no difference*."""
        return self.is_known and not self.low <= 0 <= self.high

    @property
    def tone(self) -> str:
        if not self.is_proven:
            return "open"
        return "good" if (self.value > 0) == (self.outcome.good > 0) else "bad"

    @property
    def text(self) -> str:
        return signed(self.value, self.outcome)

    @property
    def kept(self) -> str:
        """The other way round: who stayed because of it."""
        return signed(-self.value, self.outcome)

    @property
    def range(self) -> str:
        return f"{signed(self.low, self.outcome)} … {signed(self.high, self.outcome)}"

    @property
    def mean(self) -> str:
        return self._mean("mean")

    @property
    def held_mean(self) -> str:
        return self._mean("held_mean")

    def _mean(self, name: str) -> str:
        value = self.said.get(name)
        if value is None:
            return "–"
        return f"{grouped(value * POINTS, 1)}\u00a0%" if self.outcome.is_share else signed(value, self.outcome)

    @property
    def drawn(self) -> dict[str, str]:
        """The interval on a scale with *no difference* in its middle."""

        def place(value: float) -> float:
            return MIDDLE + ROOM * max(-1.0, min(1.0, value / self.widest)) if self.widest else MIDDLE

        low, high = place(self.low), place(self.high)
        return {"x": f"{low:.1f}", "width": f"{max(1.0, high - low):.1f}", "at": f"{place(self.value):.1f}"}


@dataclass(frozen=True)
class Kept:
    """Customers who would have left without the stage, and what each has cost; `low` and `high` by the interval."""

    count: float
    low: float
    high: float
    each: float
    each_low: float
    each_high: float


@dataclass(frozen=True)
class Row:
    """`stage` None: the courtesy stages together."""

    stage: Stage | None
    effects: list[Effect]
    tries: dict[str, int]
    reached: int
    costs: dict[str, int]

    @property
    def left(self) -> Effect:
        return self.effects[0]

    @property
    def is_empty(self) -> bool:
        """Nobody was picked in these months."""
        return not any(effect.of or effect.held_of for effect in self.effects)

    @property
    def has_hold_out(self) -> bool:
        return self.stage is None or self.stage.is_courtesy

    @property
    def tried(self) -> int:
        return sum(self.tries.values())

    @property
    def cost(self) -> int:
        return sum(tried * self.costs.get(channel, 0) for channel, tried in self.tries.items())

    @property
    def by_channel(self) -> list[tuple[str, int]]:
        return [(str(COST_WORDS[channel]), self.tries[channel]) for channel in COST_WORDS if channel in self.tries]

    @property
    def per_contact(self) -> float | None:
        """Of those that came through to somebody; None where none did."""
        return self.cost / self.reached if self.reached else None

    @property
    def kept(self) -> Kept | None:
        """None where it is not proven that anybody was kept."""
        left = self.left
        if left.tone != "good":
            return None
        count, low, high = -left.value * left.of, -left.high * left.of, -left.low * left.of
        return Kept(count, low, high, self.cost / count, self.cost / high, self.cost / low)


def rows(months: int, period: str, rule: EffectRule, **which: Any) -> list[Row]:
    """All stages together first, or those that `which` names; empty before the first night. One query."""
    found = EffectFigures.objects.filter(months=months, period=period, **which)
    kept = list(found.select_related("stage__version"))
    kept.sort(key=lambda one: one.stage_id or 0)
    widest, costs = {outcome.key: _widest(kept, outcome.key) for outcome in OUTCOMES}, costs_of(rule)
    return [
        Row(one.stage, [_effect(one, outcome, rule, widest) for outcome in OUTCOMES], one.tries, one.reached, costs)
        for one in kept
    ]


def _effect(one: EffectFigures, outcome: Outcome, rule: EffectRule, widest: dict[str, float]) -> Effect:
    return Effect(outcome, one.outcomes.get(outcome.key, {}), rule.least, widest[outcome.key])


def costs_of(rule: EffectRule) -> dict[str, int]:
    return {channel: getattr(rule, channel) for channel in COST_WORDS}


def _widest(kept: list[EffectFigures], key: str) -> float:
    known = [one.outcomes[key] for one in kept if "effect" in one.outcomes.get(key, {})]
    return max((abs(one[end]) for one in known for end in ("low", "high")), default=0)


def kept_on_map(months: int, period: str) -> dict[int, Effect]:
    """By stage: leaving, for the map. One query; empty before the first night."""
    found = EffectFigures.objects.filter(months=months, period=period, stage__isnull=False)
    left = BY_KEY["left"]
    return {stage: Effect(left, said.get("left", {}), 0) for stage, said in found.values_list("stage", "outcomes")}
