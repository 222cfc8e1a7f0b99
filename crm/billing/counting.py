"""ARPU of lines, by ranges of ids. arpu.py says the same in Python; a test holds the two together."""

from django.db import connection, transaction

# Ids of one range of lines, and of the customers that are judged together.
RANGE = 100_000


@transaction.atomic
def value_lines(first: int, end: int, last: int) -> int:
    """ARPU of the lines from id `first` to before `end`; those that another customer holds by now touch both.

    How many differed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(WRITE, {"first": first, "end": end, "last": last})
        return int(cursor.fetchone()[0])


# `at`: place of the newest full month in the arrays, which begin at 1; outside of them everything is NULL. Where that
# one is late, the fourth counts instead. Halves go away from zero. Whole numbers throughout, and OFFSET 0 so that each
# is worked out once: numeric, or the expressions folded into each other, take several times as long.
# The bounds stand at each table that is written: without them it would be read to its end for every range.
WRITE = f"""
WITH placed AS (
    SELECT m.subscription_id AS id, s.customer_id, s.arpu AS had, m.customer_id AS holder, m.first, m.revenue,
        m.newest - %(last)s + 1 AS at
    FROM billing_linemonths m JOIN customers_subscription s ON s.id = m.subscription_id
    WHERE m.subscription_id >= %(first)s AND m.subscription_id < %(end)s
        AND s.id >= %(first)s AND s.id < %(end)s AND m.revenue <> '{{}}'
    OFFSET 0
),
counted AS (
    SELECT id, customer_id, had, holder,
        least(3, greatest(0, %(last)s - first + (revenue[at] IS NOT NULL)::int)) AS n,
        coalesce(revenue[at], revenue[at + 3], 0)::bigint + coalesce(revenue[at + 1], 0) + coalesce(revenue[at + 2], 0)
            AS all_three
    FROM placed
    OFFSET 0
),
figured AS (
    SELECT id, customer_id, had, holder, CASE WHEN n = 0 THEN 0 WHEN all_three < 0 THEN -((n - 2 * all_three) / (2 * n))
        ELSE (n + 2 * all_three) / (2 * n) END::int AS arpu
    FROM counted
    OFFSET 0
),
differing AS MATERIALIZED (
    SELECT * FROM figured WHERE arpu <> had OR customer_id IS DISTINCT FROM holder
),
written AS (
    UPDATE customers_subscription s SET arpu = d.arpu FROM differing d
    WHERE s.id = d.id AND d.had <> d.arpu AND s.id >= %(first)s AND s.id < %(end)s
),
held AS (
    UPDATE billing_linemonths m SET customer_id = d.customer_id FROM differing d
    WHERE m.subscription_id = d.id AND d.holder IS DISTINCT FROM d.customer_id
        AND m.subscription_id >= %(first)s AND m.subscription_id < %(end)s
),
touched AS (
    INSERT INTO billing_touched (low, high, customers)
    SELECT min(id), max(id), array_agg(id) FROM (
        SELECT customer_id AS id FROM differing UNION ALL
        SELECT holder FROM differing WHERE holder <> customer_id
    ) either GROUP BY id / {RANGE}
)
SELECT count(*) FROM differing
"""
