"""How the customers worth keeping grew and which share of lines left, by tier and product, from the kept months."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caring.effect.periods import PERIODS
from caring.models import EffectRule, Standing
from crm.billing import months
from crm.billing.tiers import HIGHEST_FIRST
from crm.customers.models import Tier

Ends = tuple[dt.date, dt.date]


@dataclass
class GrowthRow:
    """Customers at both ends of the period; lines that ended in it, and those alive at the beginning of each month."""

    word: str
    tier: str = ""
    product: str = ""
    start: int = 0
    end: int = 0
    left: int = 0
    began: int = 0

    @property
    def growth(self) -> int:
        return self.end - self.start

    @property
    def percent(self) -> float | None:
        return 100 * self.growth / self.start if self.start else None

    @property
    def share(self) -> float | None:
        """Of lines, a month, in the mean of the period."""
        return 100 * self.left / self.began if self.began else None


@dataclass(frozen=True)
class Growth:
    """`worth` and `everybody`: sums over tiers. `start`, `end`: the months at whose ends customers are counted."""

    start: dt.date
    end: dt.date
    worth: GrowthRow
    everybody: GrowthRow
    tiers: list[GrowthRow]
    products: list[GrowthRow]
    chart_worth: dict[str, Any]
    chart_left: dict[str, Any]
    by_month: list[tuple[dt.date, int, float | None]]


def worth_tiers(rule: EffectRule) -> list[str]:
    return list(HIGHEST_FIRST[: HIGHEST_FIRST.index(Tier(rule.worth_from)) + 1])


def ends_of(period: str) -> Ends | None:
    """At whose ends customers are counted: the newest month, and so many before it, but not before tiers were known."""
    newest = Standing.objects.order_by("-month").values_list("month", flat=True).first()
    if newest is None:
        return None
    asked = months.first_day(months.number(newest) - PERIODS[period])
    whole = Standing.objects.filter(product="", month__gte=asked).values("month").order_by("month")
    of_no_tier = whole.annotate(of=Sum("customers"), unknown=Sum("customers", filter=Q(tier=""), default=0))
    known = of_no_tier.filter(unknown__lte=F("of") / 2).values_list("month", flat=True).first()
    return known or newest, newest


def growth(period: str, rule: EffectRule) -> Growth | None:
    """None before the first night. Three queries."""
    ends = ends_of(period)
    if ends is None:
        return None
    found = list(Standing.objects.filter(month__gte=ends[0]).order_by("month"))
    worth, whole = worth_tiers(rule), [one for one in found if not one.product]
    by_month = _by_month(whole, worth)[1:]
    return Growth(
        *ends, _filled(GrowthRow(_("Worth keeping")), whole, ends, lambda one: one.tier in worth),
        _filled(GrowthRow(_("All customers")), whole, ends),
        [_filled(GrowthRow(tier.label, tier), whole, ends, partial(_is_of, tier)) for tier in HIGHEST_FIRST],
        _products([one for one in found if one.product], worth, ends),
        _chart(by_month, _("Customers worth keeping"), 1), _chart(by_month, _("Lines that left"), 2, "%"), by_month,
    )  # fmt: skip


def _is_of(tier: str, one: Standing) -> bool:
    return one.tier == tier


def _filled(
    row: GrowthRow, found: Iterable[Standing], ends: Ends, of: Callable[[Standing], bool] = lambda _one: True
) -> GrowthRow:
    for one in found:
        if of(one):
            _add(row, one, ends)
    return row


def _add(row: GrowthRow, one: Standing, ends: Ends, *, customers: bool = True) -> None:
    start, end = ends
    row.start += one.customers if customers and one.month == start else 0
    row.end += one.customers if customers and one.month == end else 0
    if one.month > start:
        row.left, row.began = row.left + one.left, row.began + one.began


def _products(found: list[Standing], worth: list[str], ends: Ends) -> list[GrowthRow]:
    """Customers worth keeping by what they hold; lines of all customers. The largest first."""
    rows: dict[str, GrowthRow] = {}
    for one in found:
        row = rows.setdefault(one.product, GrowthRow(one.product, product=one.product))
        _add(row, one, ends, customers=one.tier in worth)
    return sorted(rows.values(), key=lambda row: (-row.began, row.word))


def _by_month(whole: list[Standing], worth: list[str]) -> list[tuple[dt.date, int, float | None]]:
    totals: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in whole:
        total = totals[one.month]
        total[0] += one.customers if one.tier in worth else 0
        total[1], total[2] = total[1] + one.left, total[2] + one.began
    return [(month, kept, 100 * left / began if began else None) for month, (kept, left, began) in totals.items()]


def _chart(by_month: list[tuple[Any, ...]], name: str, place: int, unit: str = "") -> dict[str, Any]:
    values = [None if row[place] is None else round(row[place], 2) for row in by_month]
    labels = [date_format(row[0], "M y") for row in by_month]
    return {"labels": labels, "unit": unit, "min": 0 if unit else None,
            "series": [{"name": name, "tone": "accent" if place == 1 else "corporate", "values": values}]}  # fmt: skip
