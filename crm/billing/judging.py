"""What customers' ARPU comes to, and the tiers that follow, by ranges of ids.

tiers.py says the same in Python; a test holds the two together.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from crm.billing import months
from crm.billing.models import TierChange
from crm.billing.tiers import HIGHEST_FIRST, Scale
from crm.customers.models import Tier

W = TierChange.Why
MANY = 2_000  # customers of a range, from which on all of its lines are read rather than those of each


@transaction.atomic
def judge_customers(first: int, end: int, day: dt.date, scale: Scale) -> tuple[int, int]:
    """Customers from id `first` to before `end`: those whose ARPU was written, and those whose tier moved."""
    said = _said(first, end, day, scale)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        judged = _sum(cursor, said)
        cursor.execute(_tiers(scale), said)
        return judged, int(cursor.fetchone()[0])


def _said(first: int, end: int, day: dt.date, scale: Scale) -> dict[str, Any]:
    month = months.first_day(months.last_full(day))
    return {"first": first, "end": end, "day": day, "month": month, "grace": scale.grace_days}


def _sum(cursor: Any, said: dict[str, Any]) -> int:
    """ARPU of those whose lines' ARPU has moved; how many were written."""
    cursor.execute(f"SELECT coalesce(sum(cardinality(customers)), 0) {TOUCHED}", said)
    touched = cursor.fetchone()[0]
    if not touched:
        return 0
    if touched >= MANY:
        cursor.execute("SET LOCAL enable_nestloop = off")  # the server takes what was touched for a few rows
    cursor.execute(SUMS.replace("{lines}", ALL_LINES if touched >= MANY else OWN_LINES), said)
    return int(cursor.fetchone()[0])


TOUCHED = "FROM billing_touched WHERE low < %(end)s AND high >= %(first)s"
OWN_LINES = """LEFT JOIN LATERAL (
        SELECT sum(arpu) AS arpu FROM customers_subscription WHERE customer_id = touched.id
    ) s ON true"""
ALL_LINES = """LEFT JOIN (
        SELECT customer_id, sum(arpu) AS arpu FROM customers_subscription
        WHERE customer_id >= %(first)s AND customer_id < %(end)s GROUP BY customer_id
    ) s ON s.customer_id = touched.id"""
# What reaches beyond the range stays for the night: counted once more, it changes nothing.
# The bounds stand at each table: without them it would be read to its end for every range.
SUMS = f"""
WITH took AS (
    DELETE FROM billing_touched WHERE low >= %(first)s AND high < %(end)s RETURNING customers
),
touched AS (
    SELECT DISTINCT id FROM (
        SELECT customers FROM took UNION ALL
        SELECT customers {TOUCHED} AND (low < %(first)s OR high >= %(end)s)
    ) said, unnest(customers) id WHERE id >= %(first)s AND id < %(end)s
),
summed AS MATERIALIZED (
    SELECT touched.id, coalesce(s.arpu, 0) AS arpu, v.arpu AS had FROM touched {{lines}}
    LEFT JOIN billing_value v
        ON v.customer_id = touched.id AND v.customer_id >= %(first)s AND v.customer_id < %(end)s
),
written AS (
    UPDATE billing_value v SET arpu = summed.arpu FROM summed
    WHERE v.customer_id = summed.id AND summed.arpu <> summed.had
        AND v.customer_id >= %(first)s AND v.customer_id < %(end)s
    RETURNING 1
),
made AS (
    INSERT INTO billing_value (customer_id, arpu, tier)
    SELECT c.id, summed.arpu, '' FROM summed JOIN customers_customer c ON c.id = summed.id
    WHERE summed.had IS NULL AND c.id >= %(first)s AND c.id < %(end)s
    ON CONFLICT (customer_id) DO UPDATE SET arpu = EXCLUDED.arpu
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM made)
"""


def _tiers(scale: Scale) -> str:
    """The limits are written in. Ranks: Basic 1 to Platinum 5, none 0."""
    limited = [tier for tier in HIGHEST_FIRST if tier in scale.limits]
    plain = " ".join(f"WHEN v.arpu >= {scale.limits[tier]} THEN '{tier}'" for tier in limited)
    kept = " ".join(f"WHEN {_rank(tier)} THEN {scale.kept_from(tier)}" for tier in limited)
    ranks = " ".join(f"WHEN '{tier}' THEN {_rank(tier)}" for tier in HIGHEST_FIRST)
    names = " ".join(f"WHEN {_rank(tier)} THEN '{tier}'" for tier in HIGHEST_FIRST)
    return TIERS.format(plain=plain, kept=kept, ranks=ranks, names=names)


def _rank(tier: str) -> int:
    return len(HIGHEST_FIRST) - HIGHEST_FIRST.index(tier)


# tiers.judge in SQL, for those who are not settled: most are, and are passed by at the cost of reading them.
TIERS = f"""
WITH seen AS (
    SELECT v.customer_id AS id, v.arpu, v.tier, v.below_since, c.tier AS shown, o.tier AS set_to,
        CASE {{plain}} ELSE '{Tier.BASIC}' END AS plain
    FROM billing_value v JOIN customers_customer c ON c.id = v.customer_id
    LEFT JOIN billing_tieroverride o
        ON o.customer_id = v.customer_id AND o.ended_at IS NULL AND o.until >= %(day)s
    WHERE v.customer_id >= %(first)s AND v.customer_id < %(end)s AND c.id >= %(first)s AND c.id < %(end)s
        AND c.erased_at IS NULL
    OFFSET 0
),
unsettled AS MATERIALIZED (
    SELECT *, CASE plain {{ranks}} END AS due, CASE tier {{ranks}} ELSE 0 END AS had FROM seen
    WHERE plain <> tier OR shown <> tier OR below_since IS NOT NULL OR set_to IS NOT NULL
),
weighed AS MATERIALIZED (
    SELECT *, due >= had AS stays_or_rises, arpu >= CASE had {{kept}} ELSE 0 END AS within,
        %(day)s::date - coalesce(below_since, %(day)s::date) >= %(grace)s AS over
    FROM unsettled
),
judged AS MATERIALIZED (
    SELECT id, arpu, tier, below_since, shown, set_to,
        CASE WHEN stays_or_rises THEN due WHEN within THEN had WHEN over THEN due ELSE had END AS now,
        CASE WHEN NOT stays_or_rises AND NOT within AND NOT over THEN coalesce(below_since, %(day)s::date) END AS since
    FROM weighed
),
named AS MATERIALIZED (
    SELECT id, arpu, tier, below_since, shown, set_to, since, CASE now {{names}} END AS now FROM judged
),
written AS (
    UPDATE billing_value v SET tier = n.now, below_since = n.since FROM named n
    WHERE v.customer_id = n.id AND (n.tier <> n.now OR n.below_since IS DISTINCT FROM n.since)
        AND v.customer_id >= %(first)s AND v.customer_id < %(end)s
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
    WHERE coalesce(n.set_to, n.now) <> n.shown
),
told AS (
    UPDATE customers_customer c SET tier = m.now FROM moved m
    WHERE c.id = m.id AND c.id >= %(first)s AND c.id < %(end)s
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
