"""The rolling row of each line, made anew from the facts of its last months. Called by whoever wrote a fact."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from crm.billing.months import KEPT

# One writer of facts at a time: each makes rolling rows from what is committed, and two would miss each other's.
LOCK = 0x5A42
# Of a file's stretch, and of the night (nightly.py), whose ranges write lines by the hundred thousand in another order.
PAIRS = 0x5A45
MOST = 2_000_000_000
COUNTED = ("revenue", "minutes_in", "minutes_out", "megabytes")


def number_of(day: str) -> str:
    return f"(date_part('year', {day}) * 12 + date_part('month', {day}) - 1)::int"


def lock_facts(*, paired: bool = False) -> None:
    """Until the transaction's end. Taken before the first fact is written. `paired`: beside another transaction of
    `alone_with_facts`, which writes of other lines."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if paired else ''}(%s)", [LOCK])


@contextmanager
def alone_with_facts() -> Iterator[None]:
    """The only process whose transactions may lock facts two at a time. A process that was killed may leave one behind
    that is still committing: that is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PAIRS])
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PAIRS])


def refresh(lines: str) -> None:
    """`lines`: SQL that gives the id of each line touched, once, and the oldest and newest month written (dates)."""
    with connection.cursor() as cursor:
        cursor.execute(REFRESH.replace("{lines}", lines))


def refresh_line(subscription_id: int, month: str) -> None:
    """After a single fact; `month` as ISO date."""
    refresh(f"SELECT {int(subscription_id)}::bigint, '{month}'::date, '{month}'::date")


def _slots(name: str) -> str:
    slots = ", ".join(f"max({name}) FILTER (WHERE place = {place})" for place in range(KEPT))
    return f"ARRAY[{slots}]::int[]"


def _facts(table: str, columns: str, *, month: str = "month") -> str:
    """Of the line in `span`, since its first month kept."""
    return f"SELECT {columns} FROM billing_{table} WHERE subscription_id = span.id AND {month} >= span.since OFFSET 0"


def _whole(sql: str) -> str:
    return f"greatest(-{MOST}, least({MOST}, round({sql})))::int"


# A query a line and table, by their indexes: one for all lines would read the whole tables.
REFRESH = f"""
WITH touched (id, oldest, newest) AS ({{lines}}),
line AS (
    SELECT t.id, greatest(m.newest, {number_of("t.newest")}) AS newest, least(m.first, {number_of("t.oldest")}) AS first
    FROM touched t LEFT JOIN LATERAL (
        SELECT m.newest, m.first FROM billing_linemonths m WHERE m.subscription_id = t.id OFFSET 0
    ) m ON true
),
span AS MATERIALIZED (
    SELECT *, make_date((newest - {KEPT - 1}) / 12, (newest - {KEPT - 1}) % 12 + 1, 1) AS since FROM line
),
fact AS (
    SELECT span.*, f.month, f.net AS billed, NULL::bigint AS bought, NULL::bigint AS charged, NULL::bigint AS credit,
        NULL::numeric AS minutes_in, NULL::numeric AS minutes_out, NULL::numeric AS megabytes
    FROM span, LATERAL ({_facts("bill", "month, net")}) f
    UNION ALL
    SELECT span.*, date_trunc('month', f.bought_on)::date, NULL, f.amount, NULL, NULL, NULL, NULL, NULL
    FROM span, LATERAL ({_facts("topup", "bought_on, amount", month="bought_on")}) f
    UNION ALL
    SELECT span.*, f.month, NULL, NULL, NULL, f.amount, NULL, NULL, NULL
    FROM span, LATERAL ({_facts("creditnote", "month, amount")}) f
    UNION ALL
    SELECT span.*, f.month, NULL, NULL, f.charged, NULL, f.minutes_in, f.minutes_out, f.megabytes
    FROM span, LATERAL ({_facts("usage", "month, charged, minutes_in, minutes_out, megabytes")}) f
),
monthly AS (
    SELECT id, newest, first, newest - {number_of("month")} AS place,
        CASE WHEN count(billed) + count(bought) + count(charged) > 0 THEN {
    _whole("coalesce(sum(billed), 0) + coalesce(sum(charged), sum(bought), 0) - coalesce(sum(credit), 0)")
} END AS revenue,
        {_whole("sum(minutes_in)")} AS minutes_in, {_whole("sum(minutes_out)")} AS minutes_out,
        {_whole("sum(megabytes)")} AS megabytes
    FROM fact GROUP BY id, newest, first, month
)
INSERT INTO billing_linemonths AS kept (subscription_id, newest, first, {", ".join(COUNTED)})
SELECT id, newest, first, {", ".join(_slots(name) for name in COUNTED)} FROM monthly GROUP BY id, newest, first
ON CONFLICT (subscription_id) DO UPDATE SET newest = EXCLUDED.newest, first = EXCLUDED.first,
    {", ".join(f"{name} = EXCLUDED.{name}" for name in COUNTED)}
WHERE (kept.newest, kept.first, {", ".join(f"kept.{name}" for name in COUNTED)})
    IS DISTINCT FROM (EXCLUDED.newest, EXCLUDED.first, {", ".join(f"EXCLUDED.{name}" for name in COUNTED)})
"""
