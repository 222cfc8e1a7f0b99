"""How many customers and lines there were at the end of each month, by tier and product, and what left in it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from caring.effect.periods import LONGEST
from caring.models import Standing
from crm.billing import months
from crm.customers.models import Subscription

LOCK = 0x5A48
S = Subscription.State
NOT_YET = (S.ORDERED, S.SURVEYED, S.INSTALLED)
# Spans of each customer's tier: from each change to the next; before the first one what it was then; of those whose
# tier has never changed as it is.
SPANS = """
    SELECT customer_id, after AS tier, at AS since, lead(at) OVER (PARTITION BY customer_id ORDER BY at, id) AS until
    FROM billing_tierchange
    UNION ALL
    (SELECT DISTINCT ON (customer_id) customer_id, before, '-infinity'::timestamptz, at
    FROM billing_tierchange ORDER BY customer_id, at, id)
    UNION ALL
    SELECT c.id, c.tier, '-infinity'::timestamptz, NULL FROM customers_customer c
    WHERE NOT EXISTS (SELECT 1 FROM billing_tierchange g WHERE g.customer_id = c.id)
"""
# Lines that were ever active, with the day on which each ended.
LINES = """
    SELECT l.id, l.customer_id, l.product_id, coalesce(l.activated_on, '-infinity'::date) AS began,
        CASE WHEN l.state = ANY(%(ended)s) THEN coalesce(l.ended_on, (l.state_since AT TIME ZONE %(zone)s)::date) END
            AS ended
    FROM customers_subscription l WHERE l.state <> ALL(%(not_yet)s)
"""
COUNT = f"""
WITH month AS (
    SELECT m::date AS month, (m + interval '1 month')::date AS over, m AT TIME ZONE %(zone)s AS begins,
        (m + interval '1 month') AT TIME ZONE %(zone)s AS ends
    FROM generate_series(%(since)s::timestamp, %(until)s::timestamp, interval '1 month') m
),
span AS MATERIALIZED ({SPANS}),
line AS MATERIALIZED ({LINES}),
counted AS (
    SELECT month.month, span.tier, line.product_id AS product, line.customer_id, line.id, 1 AS stands, 0 AS began,
        0 AS "left"
    FROM month JOIN line ON line.began < month.over AND (line.ended IS NULL OR line.ended >= month.over)
    JOIN span ON span.customer_id = line.customer_id AND span.since < month.ends
        AND (span.until IS NULL OR span.until >= month.ends)
    UNION ALL
    SELECT month.month, span.tier, line.product_id, line.customer_id, line.id, 0, 1,
        coalesce(line.ended < month.over, FALSE)::int
    FROM month JOIN line ON line.began < month.month AND (line.ended IS NULL OR line.ended >= month.month)
    JOIN span ON span.customer_id = line.customer_id AND span.since < month.begins
        AND (span.until IS NULL OR span.until >= month.begins)
)
INSERT INTO caring_standing (month, tier, product, customers, lines, began, "left")
SELECT month, tier, coalesce(product, ''), count(DISTINCT customer_id) FILTER (WHERE stands = 1), sum(stands),
    sum(began), sum("left")
FROM counted GROUP BY GROUPING SETS ((month, tier, product), (month, tier))
"""


@transaction.atomic
def count_standing(day: dt.date) -> int:
    """Full months that are not kept yet, and the newest once more: an end may be told late. How many rows."""
    last = months.last_full(day)
    newest = Standing.objects.aggregate(newest=Max("month"))["newest"]
    since = max(last - LONGEST, min(months.number(newest), last - 1)) if newest else last - LONGEST
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        Standing.objects.filter(month__gte=months.first_day(since)).delete()
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(COUNT, said(months.first_day(since), months.first_day(last)))
        return int(cursor.rowcount)


def said(since: dt.date, until: dt.date) -> dict[str, Any]:
    return {
        "since": since, "until": until, "zone": settings.TIME_ZONE, "ended": list(Subscription.ENDED),
        "not_yet": list(NOT_YET),
    }  # fmt: skip
