"""Which tier an ARPU gives, and when one is lost. Pure; judging.py says the same in SQL, a test holds them together.

Up at once. Down only when ARPU is below the limit by more than the margin, and has been so for all of the grace: an
ARPU that swings around a limit moves nobody.
"""

import datetime as dt
from dataclasses import dataclass

from crm.customers.models import Tier

HIGHEST_FIRST = (Tier.PLATINUM, Tier.GOLD, Tier.SILVER, Tier.BRONZE, Tier.BASIC)


@dataclass(frozen=True)
class Scale:
    """Rupiah from which a tier is given; Basic has none."""

    limits: dict[str, int]
    margin_percent: int
    grace_days: int

    def limit(self, tier: str) -> int | None:
        return self.limits.get(tier)

    def kept_from(self, tier: str) -> int | None:
        """Down to this ARPU nothing happens."""
        limit = self.limits.get(tier)
        return None if limit is None else limit * (100 - self.margin_percent) // 100


@dataclass(frozen=True)
class Judgement:
    tier: str
    below_since: dt.date | None


def plain(arpu: int, scale: Scale) -> Tier:
    """By the limits alone."""
    return next((tier for tier in HIGHEST_FIRST if tier in scale.limits and arpu >= scale.limits[tier]), Tier.BASIC)


def judge(arpu: int, had: str, below_since: dt.date | None, day: dt.date, scale: Scale) -> Judgement:
    """`had`: the tier so far, empty for none."""
    now = plain(arpu, scale)
    if not had or rank(now) >= rank(had):
        return Judgement(now, None)
    kept_from = scale.kept_from(had)
    if kept_from is not None and arpu >= kept_from:
        return Judgement(had, None)
    since = below_since or day
    if (day - since).days >= scale.grace_days:
        return Judgement(now, None)
    return Judgement(had, since)


def rank(tier: str) -> int:
    """Higher is better."""
    return len(HIGHEST_FIRST) - HIGHEST_FIRST.index(Tier(tier))
