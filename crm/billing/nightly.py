"""Each night: the ARPU of every line, of every customer, and the tier that follows. Only what differs is written.

Ranges of ids, each its own transaction: a killed run has done what it has done, and the next one does the rest. What it
counts is said in Python by arpu.py and tiers.py.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from crm.billing import months
from crm.billing.models import TierChange
from crm.billing.scale import scale_in_force
from crm.billing.tiers import HIGHEST_FIRST, Scale
from crm.customers.models import Subscription

RANGE = 100_000
LOCK = 0x5A45
W = TierChange.Why


@dataclass
class Night:
    lines: int = 0
    customers: int = 0
    tiers: int = 0


def value_everybody(day: dt.date) -> Night:
    """As of `day` (its month is not full yet). A second run beside another waits for it, and finds nothing to do."""
    night, last, scale = Night(), months.last_full(day), scale_in_force()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        for first in _ranges("billing_linemonths", "subscription_id"):
            night.lines += value_lines(first, first + RANGE, last)
        for first in _ranges("customers_customer", "id"):
            judged, moved = judge_customers(first, first + RANGE, day, scale)
            night.customers += judged
            night.tiers += moved
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return night


def value_customer(*customers: int, day: dt.date) -> None:
    """These customers at once, inside the caller's transaction: somebody has changed what decides their tiers.

    All lines first: one that went from one of them to the other counts for both.
    """
    last, scale = months.last_full(day), scale_in_force()
    for line in Subscription.objects.filter(customer__in=customers).order_by("pk").values_list("pk", flat=True):
        value_lines(line, line + 1, last)
    for one in sorted(customers):
        judge_customers(one, one + 1, day, scale)


def _ranges(table: str, column: str) -> range:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(min({column}), 0), coalesce(max({column}), -1) FROM {table}")
        low, high = cursor.fetchone()
    return range(low, high + 1, RANGE)


@transaction.atomic
def value_lines(first: int, end: int, last: int) -> int:
    """ARPU of the lines from id `first` to before `end`; those that another customer holds by now touch both."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(LINES, {"first": first, "end": end, "last": last})
        return int(cursor.fetchone()[0])


# `at`: place of the newest full month in the arrays, which begin at 1; outside of them everything is NULL.
LINES = """
WITH placed AS (
    SELECT m.subscription_id AS id, s.customer_id, s.arpu AS had, m.customer_id AS holder, m.first, m.revenue,
        m.newest - %(last)s + 1 + (m.revenue[m.newest - %(last)s + 1] IS NULL)::int AS at,
        %(last)s - (m.revenue[m.newest - %(last)s + 1] IS NULL)::int AS until
    FROM billing_linemonths m JOIN customers_subscription s ON s.id = m.subscription_id
    WHERE m.subscription_id >= %(first)s AND m.subscription_id < %(end)s
        AND s.id >= %(first)s AND s.id < %(end)s AND m.revenue <> '{}'
),
counted AS (
    SELECT id, customer_id, had, holder, least(3, greatest(0, until - first + 1)) AS n,
        coalesce(revenue[at], 0)::bigint + coalesce(revenue[at + 1], 0) + coalesce(revenue[at + 2], 0) AS all_three
    FROM placed
),
figured AS (
    SELECT id, customer_id, had, holder, CASE WHEN n > 0 THEN round(all_three::numeric / n)::int ELSE 0 END AS arpu
    FROM counted
),
differing AS MATERIALIZED (
    SELECT * FROM figured WHERE arpu IS DISTINCT FROM had OR customer_id IS DISTINCT FROM holder
),
written AS (
    UPDATE customers_subscription s SET arpu = d.arpu FROM differing d
    WHERE s.id = d.id AND s.arpu IS DISTINCT FROM d.arpu
),
held AS (
    UPDATE billing_linemonths m SET customer_id = d.customer_id FROM differing d
    WHERE m.subscription_id = d.id AND m.customer_id IS DISTINCT FROM d.customer_id
),
touched AS (
    INSERT INTO billing_touched (customer_id)
    SELECT customer_id FROM differing UNION
    SELECT holder FROM differing WHERE holder IS NOT NULL AND holder <> customer_id
)
SELECT count(*) FROM differing
"""


@transaction.atomic
def judge_customers(first: int, end: int, day: dt.date, scale: Scale) -> tuple[int, int]:
    """Customers from id `first` to before `end`: those whose ARPU was written, and those whose tier moved."""
    said: dict[str, Any] = {"first": first, "end": end, "day": day, "month": months.first_day(months.last_full(day))}
    said |= {"grace": scale.grace_days}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(SUMS, said)
        judged = cursor.rowcount
        cursor.execute("DELETE FROM billing_touched WHERE customer_id >= %(first)s AND customer_id < %(end)s", said)
        cursor.execute(_tiers(scale), said)
        moved = int(cursor.fetchone()[0])
    return judged, moved


SUMS = """
INSERT INTO billing_value AS kept (customer_id, arpu, tier)
SELECT c.id, coalesce(sum(s.arpu), 0), ''
FROM (
    SELECT DISTINCT customer_id AS id FROM billing_touched WHERE customer_id >= %(first)s AND customer_id < %(end)s
) t JOIN customers_customer c ON c.id = t.id LEFT JOIN customers_subscription s ON s.customer_id = c.id
GROUP BY c.id
ON CONFLICT (customer_id) DO UPDATE SET arpu = EXCLUDED.arpu WHERE kept.arpu IS DISTINCT FROM EXCLUDED.arpu
"""


def _tiers(scale: Scale) -> str:
    """tiers.judge in SQL. Ranks: Basic 1 to Platinum 5, none 0."""
    limited = [tier for tier in HIGHEST_FIRST if tier in scale.limits]
    plain = " ".join(f"WHEN v.arpu >= {scale.limits[tier]} THEN {_rank(tier)}" for tier in limited)
    kept = " ".join(f"WHEN {_rank(tier)} THEN {scale.kept_from(tier)}" for tier in limited)
    ranks = " ".join(f"WHEN '{tier}' THEN {_rank(tier)}" for tier in HIGHEST_FIRST)
    names = " ".join(f"WHEN {_rank(tier)} THEN '{tier}'" for tier in HIGHEST_FIRST)
    return TIERS.format(plain=plain, kept=kept, ranks=ranks, names=names)


def _rank(tier: str) -> int:
    return len(HIGHEST_FIRST) - HIGHEST_FIRST.index(tier)


TIERS = f"""
WITH seen AS (
    SELECT v.customer_id AS id, v.arpu, v.tier, v.below_since, c.tier AS shown, o.tier AS set_to,
        CASE {{plain}} ELSE 1 END AS plain, CASE v.tier {{ranks}} ELSE 0 END AS had
    FROM billing_value v JOIN customers_customer c ON c.id = v.customer_id
    LEFT JOIN billing_tieroverride o
        ON o.customer_id = v.customer_id AND o.ended_at IS NULL AND o.until >= %(day)s
    WHERE v.customer_id >= %(first)s AND v.customer_id < %(end)s AND c.id >= %(first)s AND c.id < %(end)s
        AND c.erased_at IS NULL
),
weighed AS (
    SELECT *, plain >= had AS stays_or_rises, arpu >= CASE had {{kept}} ELSE 0 END AS within,
        %(day)s::date - coalesce(below_since, %(day)s::date) >= %(grace)s AS over
    FROM seen
),
judged AS (
    SELECT id, arpu, tier, below_since, shown, set_to,
        CASE WHEN stays_or_rises THEN plain WHEN within THEN had WHEN over THEN plain ELSE had END AS now,
        CASE WHEN NOT stays_or_rises AND NOT within AND NOT over THEN coalesce(below_since, %(day)s::date) END AS since
    FROM weighed
),
named AS MATERIALIZED (
    SELECT id, arpu, tier, below_since, shown, set_to, since, CASE now {{names}} END AS now FROM judged
),
written AS (
    UPDATE billing_value v SET tier = n.now, below_since = n.since FROM named n
    WHERE v.customer_id = n.id AND (n.tier, n.below_since) IS DISTINCT FROM (n.now, n.since)
),
ended AS (
    UPDATE billing_tieroverride o SET ended_at = now()
    WHERE o.ended_at IS NULL AND o.until < %(day)s AND o.customer_id >= %(first)s AND o.customer_id < %(end)s
    RETURNING o.customer_id
),
moved AS MATERIALIZED (
    SELECT n.id, n.arpu, n.shown, coalesce(n.set_to, n.now) AS now,
        CASE WHEN n.set_to IS NOT NULL THEN '{W.OVERRIDE}' WHEN ended.customer_id IS NOT NULL THEN '{W.ENDED}'
            WHEN n.shown = '' THEN '{W.FIRST}'
            WHEN CASE n.shown {{ranks}} ELSE 0 END < CASE n.now {{ranks}} END THEN '{W.UP}' ELSE '{W.DOWN}' END AS why
    FROM named n LEFT JOIN ended ON ended.customer_id = n.id
    WHERE coalesce(n.set_to, n.now) IS DISTINCT FROM n.shown
),
told AS (
    UPDATE customers_customer c SET tier = m.now FROM moved m WHERE c.id = m.id
),
kept AS (
    INSERT INTO billing_tierchange (customer_id, before, after, why, arpu, month, at)
    SELECT id, shown, now, why, arpu, %(month)s, statement_timestamp() FROM moved
),
news AS (
    INSERT INTO events_event (kind, subject_type, subject_id, customer_id, at, facts)
    SELECT 'customer.tier_changed', 'customer', id, id, statement_timestamp(),
        jsonb_build_object('before', shown, 'after', now, 'why', why, 'arpu', arpu)
    FROM moved
)
SELECT count(*) FROM moved
"""
