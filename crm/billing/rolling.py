"""The rolling row of each line, made anew from the facts of its last months. Called by whoever wrote a fact."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from crm.billing.months import KEPT

# One writer of facts at a time: each makes rolling rows from what is committed, and two would miss each other's.
LOCK, PAIRS = 0x5A42, 0x5A45
MOST = 2_000_000_000
COUNTED = ("revenue", "minutes_in", "minutes_out", "megabytes")


def number_of(day: str) -> str:
    return f"(date_part('year', {day}) * 12 + date_part('month', {day}) - 1)::int"


def lock_facts(*, paired: bool = False) -> None:
    """Until the transaction's end. Taken before the first fact is written. `paired`: beside the other transaction of
    `alone_with_facts`, which writes of other lines."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if paired else ''}(%s)", [LOCK])


@contextmanager
def alone_with_facts() -> Iterator[None]:
    """The only process whose transactions may lock facts in pairs. A process that was killed may leave one behind that
    is still committing: that is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PAIRS])
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PAIRS])


def refresh(lines: str) -> None:
    """`lines`: SQL that gives the id of each line touched, and the oldest and newest month written (dates)."""
    with connection.cursor() as cursor:
        cursor.execute(REFRESH.replace("{lines}", lines))


def refresh_line(subscription_id: int, month: str) -> None:
    """After a single fact; `month` as ISO date."""
    refresh(f"SELECT {int(subscription_id)}::bigint, '{month}'::date, '{month}'::date")


def _slots(name: str) -> str:
    slots = ", ".join(f"max({name}) FILTER (WHERE place = {place})" for place in range(KEPT))
    return f"ARRAY[{slots}]::int[]"


def _whole(sql: str) -> str:
    return f"greatest(-{MOST}, least({MOST}, round({sql})))::int"


REFRESH = f"""
WITH touched (id, oldest, newest) AS MATERIALIZED ({{lines}}),
line AS MATERIALIZED (
    SELECT t.id, greatest(max(coalesce(m.newest, 0)), max({number_of("t.newest")})) AS newest,
        least(min(coalesce(m.first, 999999)), min({number_of("t.oldest")})) AS first
    FROM touched t LEFT JOIN billing_linemonths m ON m.subscription_id = t.id GROUP BY t.id
),
span AS MATERIALIZED (
    SELECT id, newest, make_date((newest - {KEPT - 1}) / 12, (newest - {KEPT - 1}) % 12 + 1, 1) AS since FROM line
),
fact AS (
    SELECT span.id, b.month, b.net AS billed, NULL::bigint AS bought, NULL::bigint AS charged, NULL::bigint AS credit,
        NULL::numeric AS minutes_in, NULL::numeric AS minutes_out, NULL::numeric AS megabytes
    FROM span JOIN billing_bill b ON b.subscription_id = span.id AND b.month >= span.since
    UNION ALL
    SELECT span.id, date_trunc('month', t.bought_on)::date, NULL, t.amount, NULL, NULL, NULL, NULL, NULL
    FROM span JOIN billing_topup t ON t.subscription_id = span.id AND t.bought_on >= span.since
    UNION ALL
    SELECT span.id, c.month, NULL, NULL, NULL, c.amount, NULL, NULL, NULL
    FROM span JOIN billing_creditnote c ON c.subscription_id = span.id AND c.month >= span.since
    UNION ALL
    SELECT span.id, u.month, NULL, NULL, u.charged, NULL, u.minutes_in, u.minutes_out, u.megabytes
    FROM span JOIN billing_usage u ON u.subscription_id = span.id AND u.month >= span.since
),
monthly AS (
    SELECT fact.id, span.newest - {number_of("month")} AS place,
        CASE WHEN count(billed) + count(bought) + count(charged) > 0 THEN {
    _whole("coalesce(sum(billed), 0) + coalesce(sum(charged), sum(bought), 0) - coalesce(sum(credit), 0)")
} END AS revenue,
        {_whole("sum(minutes_in)")} AS minutes_in, {_whole("sum(minutes_out)")} AS minutes_out,
        {_whole("sum(megabytes)")} AS megabytes
    FROM fact JOIN span ON span.id = fact.id GROUP BY fact.id, span.newest, month
),
made AS (
    SELECT id, {", ".join(f"{_slots(name)} AS {name}" for name in COUNTED)} FROM monthly GROUP BY id
)
INSERT INTO billing_linemonths AS kept (subscription_id, newest, first, {", ".join(COUNTED)})
SELECT line.id, line.newest, line.first, {", ".join(f"made.{name}" for name in COUNTED)}
FROM line JOIN made ON made.id = line.id
ON CONFLICT (subscription_id) DO UPDATE SET newest = EXCLUDED.newest, first = EXCLUDED.first,
    {", ".join(f"{name} = EXCLUDED.{name}" for name in COUNTED)}
WHERE (kept.newest, kept.first, {", ".join(f"kept.{name}" for name in COUNTED)})
    IS DISTINCT FROM (EXCLUDED.newest, EXCLUDED.first, {", ".join(f"EXCLUDED.{name}" for name in COUNTED)})
"""
