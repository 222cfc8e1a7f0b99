"""One customer's lines, bills and value as a page shows them: masked, and with how the tier came about."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext

from crm.billing import months
from crm.billing.arpu import Arpu, arpu_of
from crm.billing.models import Bill, LineMonths, Payment, TierChange, TierOverride, TopUp, Value
from crm.billing.scale import scale_in_force
from crm.billing.tiers import HIGHEST_FIRST, Scale
from crm.customers.masking import mask_msisdn
from crm.customers.models import Customer, Subscription, Tier

SHOWN, MONTHS_SHOWN = 12, 12


@dataclass(frozen=True)
class Line:
    subscription: Subscription
    number: str
    arpu: Arpu | None
    last_bill: Bill | None


@dataclass(frozen=True)
class Why:
    """Why the customer has this tier. `shown`: what counts; `value` is before what somebody set by hand."""

    value: Value | None
    shown: str
    limit: int | None
    next_limit: tuple[str, int] | None
    kept_from: int | None
    grace_ends: dt.date | None
    override: TierOverride | None
    changes: list[TierChange]
    window: list[dict[str, Any]]
    scale: Scale


def shown_number(line: Subscription) -> str:
    """Ids of other systems are no numbers that anybody could call."""
    return line.msisdn if ":" in line.msisdn else mask_msisdn(line.msisdn)


def value_of(customer: Customer) -> Value | None:
    """What they bring in, reckoned last night: the one figure that every page shows. None: nothing is known yet."""
    value: Value | None = getattr(customer, "value", None)
    return value


def lines_of(customer: Customer, day: dt.date) -> list[Line]:
    found = customer.subscriptions.select_related("product", "months").order_by("ended_on", "-arpu", "pk")
    last_bills = {bill.subscription_id: bill for bill in customer.bills.order_by("month", "pk")}
    return [Line(one, shown_number(one), _arpu(one, day), last_bills.get(one.pk)) for one in found]


def _arpu(line: Subscription, day: dt.date) -> Arpu | None:
    kept: LineMonths | None = getattr(line, "months", None)
    if kept is None or not kept.revenue:
        return None
    return arpu_of(kept.revenue, newest=kept.newest, first=kept.first, last=months.last_full(day))


def why_of(customer: Customer, lines: list[Line]) -> Why:
    scale = scale_in_force()
    value = value_of(customer)
    override = customer.tier_overrides.filter(ended_at=None).select_related("by").first()
    counted = value.tier if value else ""
    below = value.below_since if value else None
    return Why(
        value=value, shown=customer.tier, limit=scale.limit(counted), next_limit=_next(counted, scale),
        kept_from=scale.kept_from(counted), override=override,
        grace_ends=below + dt.timedelta(days=scale.grace_days) if below else None,
        changes=list(customer.tier_changes.select_related("by")[:SHOWN]), window=window(lines), scale=scale,
    )  # fmt: skip


def _next(tier: str, scale: Scale) -> tuple[str, int] | None:
    better = HIGHEST_FIRST[: HIGHEST_FIRST.index(Tier(tier))] if tier else ()
    return (str(Tier(better[-1]).label), scale.limits[better[-1]]) if better else None


def window(lines: list[Line]) -> list[dict[str, Any]]:
    """The months that made ARPU, newest first, with what all lines brought in each."""
    sums: dict[int, int | None] = {}
    for line in lines:
        for month, amount in zip(line.arpu.months, line.arpu.amounts, strict=True) if line.arpu else ():
            known = sums.get(month)
            sums[month] = known if amount is None else (known or 0) + amount
    return [{"day": months.first_day(month), "amount": sums[month]} for month in sorted(sums, reverse=True)]


MONTHLY = """
WITH fact AS (
    SELECT subscription_id AS line, month, net AS billed, NULL::bigint AS bought, NULL::bigint AS charged,
        NULL::bigint AS credit, NULL::numeric AS megabytes
    FROM billing_bill WHERE subscription_id = ANY(%(lines)s) AND month >= %(since)s
    UNION ALL SELECT subscription_id, date_trunc('month', bought_on)::date, NULL, amount, NULL, NULL, NULL
    FROM billing_topup WHERE subscription_id = ANY(%(lines)s) AND bought_on >= %(since)s
    UNION ALL SELECT subscription_id, month, NULL, NULL, NULL, amount, NULL
    FROM billing_creditnote WHERE subscription_id = ANY(%(lines)s) AND month >= %(since)s
    UNION ALL SELECT subscription_id, month, NULL, NULL, charged, NULL, megabytes
    FROM billing_usage WHERE subscription_id = ANY(%(lines)s) AND month >= %(since)s
),
of_line AS (
    SELECT line, month, sum(megabytes) AS megabytes,
        coalesce(sum(billed), 0) + coalesce(sum(charged), sum(bought), 0) - coalesce(sum(credit), 0) AS revenue
    FROM fact GROUP BY line, month
)
SELECT month, sum(revenue)::bigint, round(sum(megabytes) / 1024, 1)::float FROM of_line GROUP BY month
"""


def chart_of(lines: list[Line], day: dt.date) -> dict[str, Any]:
    """Twelve months up to the last full one, of all lines; empty where nothing is known of any."""
    last = months.last_full(day)
    shown = [months.first_day(month) for month in range(last - MONTHS_SHOWN + 1, last + 1)]
    with connection.cursor() as cursor:
        cursor.execute(MONTHLY, {"lines": [one.subscription.pk for one in lines], "since": shown[0]})
        known = {month: (revenue, data) for month, revenue, data in cursor.fetchall()}
    if not any(month in known for month in shown):
        return {}
    basis = {one["day"] for one in window(lines)}
    return {
        "labels": [date_format(month, "M") for month in shown],
        "months": [date_format(month, "F Y") for month in shown],
        "amounts": [known.get(month, (0, None))[0] for month in shown],
        "gigabytes": [known.get(month, (0, None))[1] for month in shown],
        "basis": [month in basis for month in shown],
        "words": {"amount": gettext("Revenue"), "data": gettext("Data GB")},
    }


def picture_of(customer: Customer, day: dt.date, line: str = "") -> dict[str, Any]:
    """All that the tab shows. `line`: whose bills, payments and top-ups alone; what is none of their lines is all."""
    lines = lines_of(customer, day)
    only = next((one for one in lines if str(one.subscription.pk) == line), None)
    chart = chart_of(lines, day)
    rows = list(zip(*(chart[name] for name in ("months", "amounts", "gigabytes")), strict=True)) if chart else []
    return {
        "lines": lines, "why": why_of(customer, lines), "chart": chart, "chart_rows": rows[::-1],
        "only": only, "bills": _bills(customer, only), "payments": _payments(customer, only),
        "top_ups": _top_ups(customer, only), "today": day,
    }  # fmt: skip


def _bills(customer: Customer, only: Line | None) -> QuerySet[Bill]:
    found = customer.bills.filter(subscription=only.subscription) if only else customer.bills.all()
    return found.select_related("subscription").order_by("-month", "-pk")[:SHOWN]


def _payments(customer: Customer, only: Line | None) -> QuerySet[Payment]:
    found = customer.payments.filter(bill__subscription=only.subscription) if only else customer.payments.all()
    return found.select_related("bill").order_by("-paid_on", "-pk")[:SHOWN]


def _top_ups(customer: Customer, only: Line | None) -> list[tuple[TopUp, str]]:
    theirs = customer.topups.filter(subscription=only.subscription) if only else customer.topups.all()
    found = theirs.select_related("subscription").order_by("-bought_on", "-pk")[:SHOWN]
    return [(one, shown_number(one.subscription)) for one in found]
