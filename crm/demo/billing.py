"""Fifteen months of bills, payments, top-ups and usage for every line of the demo, from which ARPU and tiers follow."""

import datetime as dt
from typing import Any

from django.db import connection

from caring.picking import HELD_OUT
from crm.billing import months, rolling
from crm.billing.nightly import value_everybody
from crm.billing.overriding import override_tier
from crm.customers.models import Customer
from crm.demo.caring.lives import Life
from crm.demo.people import Cast
from crm.staff.models import Role

MONTHS = 15
HELD_OUT_PER_MILLE = 50
PPN = 11  # per cent
# What a line brings in a month swings around what it brings on the whole, and climbs or falls a little over the year.
SWING = "(0.82 + 0.36 * abs(hashint4extended(s.id::int, {seed} + 31 * at)  %% 1000) / 1000)"
# Habits: six of ten pay soon, others when they are reminded, or late.
PAID_AFTER = """CASE WHEN abs(hashint4extended(line::int, 11)) %% 10 < 6 THEN 4 + (chance * 10)::int
    WHEN abs(hashint4extended(line::int, 11)) %% 10 < 9 THEN 8 + (chance * 10)::int
    ELSE 12 + ((chance - 0.8) * 60)::int END"""
TREND = "(1 + (abs(hashint4extended(s.id::int, 7)) %% 41 - 20) * (at - 2) / 600.0)"
LINES = f"""
    CREATE TEMP TABLE demo_month ON COMMIT DROP AS
    SELECT s.id AS line, s.customer_id, s.postpaid, s.state, s.product_id, at,
        (%(newest)s::date - at * interval '1 month')::date AS month,
        (round(s.arpu * {SWING.format(seed=1)} * {TREND} / 100) * 100)::bigint AS amount,
        (s.arpu * {SWING.format(seed=2)} / 10)::numeric(12, 2) AS megabytes,
        {SWING.format(seed=3)} AS chance
    FROM customers_subscription s CROSS JOIN generate_series(0, {MONTHS - 1}) at
    WHERE s.msisdn LIKE '+62%%0000%%'
"""
LIVES = """
    CREATE TEMP TABLE demo_life ON COMMIT DROP AS
    SELECT * FROM unnest(%(lines)s::bigint[], %(begins)s::date[], %(ends)s::date[], %(stopped)s::date[],
        %(restored)s::date[]) l (line, begins, ends, stopped, restored)
"""
DROP_BEFORE_AND_AFTER = """
    DELETE FROM demo_month m USING customers_subscription s LEFT JOIN demo_life l ON l.line = s.id
    WHERE s.id = m.line
        AND (coalesce(l.begins, s.activated_on) >= m.month + interval '1 month' OR l.ends < m.month)
"""
# Some fall silent, use far less, or far more: for one to four months. Who is in the hold-out hears nothing, and stays
# so for longer.
DIPS = f"""
    UPDATE demo_month m SET megabytes = m.megabytes * share,
        amount = CASE WHEN m.postpaid THEN m.amount ELSE m.amount * least(share, 1.5) END
    FROM (
        SELECT s.id, (ARRAY[0, 0, 0, 0, 0.25, 0.25, 0.25, 0.3, 4.5])[
                1 + abs(hashint4extended(s.id::int, 5)) %% 9] AS share,
            abs(hashint4extended(s.id::int, 3)) %% {MONTHS - 4} AS begins,
            abs(hashint4extended(s.id::int, 9)) %% 3 + CASE WHEN {HELD_OUT} THEN 1 ELSE 0 END AS months
        FROM customers_subscription s JOIN customers_customer c ON c.id = s.customer_id
        WHERE abs(hashint4extended(s.id::int, 2)) %% 100 < 30
    ) dip
    WHERE m.line = dip.id AND m.at BETWEEN dip.begins - dip.months AND dip.begins
"""
BILLS = f"""
    INSERT INTO billing_bill (customer_id, subscription_id, number, month, net, tax, total, issued,
        due, paid, recorded_at)
    SELECT customer_id, line, to_char(month, 'YYMM') || '-' || lpad(line::text, 6, '0'), month, amount,
        amount * {PPN} / 100, amount + amount * {PPN} / 100, issued, issued + 20,
        CASE WHEN issued BETWEEN stopped - 50 AND coalesce(restored, %(day)s::date) THEN restored
            WHEN issued + paid_after > %(day)s::date OR (at = 0 AND state = 'isolir') THEN NULL
            ELSE issued + paid_after END, issued
    FROM (
        SELECT d.*, l.stopped, l.restored, (month + interval '1 month')::date + 1 AS issued, {PAID_AFTER} AS paid_after
        FROM demo_month d LEFT JOIN demo_life l USING (line)
    ) m
    WHERE postpaid AND issued <= %(day)s::date
"""
PAYMENTS = """
    INSERT INTO billing_payment (customer_id, subscription_id, reference, bill_id, amount, paid_on, method, recorded_at)
    SELECT customer_id, subscription_id, 'P' || number, id, total, paid,
        (ARRAY['Virtual account', 'GraPARI', 'Autodebet'])[1 + id %% 3], paid
    FROM billing_bill WHERE paid IS NOT NULL AND total > 0
"""
TOP_UPS = """
    INSERT INTO billing_topup (customer_id, subscription_id, reference, amount, bought_on, method, recorded_at)
    SELECT customer_id, line, 'T' || to_char(month, 'YYMM') || '-' || line || '-' || part, amount, bought_on,
        (ARRAY['Aplikasi', 'Minimarket', 'GraPARI'])[1 + (line + part) %% 3], bought_on
    FROM (
        SELECT m.customer_id, m.line, m.month, part, greatest(5000, round(m.amount / 10000.0) * 5000)::bigint AS amount,
            m.month + (3 + (m.chance * 10)::int + 12 * part) AS bought_on
        FROM demo_month m CROSS JOIN generate_series(0, 1) part WHERE NOT m.postpaid AND m.amount > 0
    ) t
    WHERE bought_on <= %(day)s::date
"""
USAGE = """
    INSERT INTO billing_usage
        (customer_id, subscription_id, month, minutes_in, minutes_out, sms, megabytes, charged, recorded_at)
    SELECT customer_id, line, month, round(megabytes / 90, 2), round(megabytes / 120 * chance, 2),
        (chance * 12)::int, megabytes * CASE WHEN product_id = 'Speedy' THEN 6 ELSE 1 END,
        CASE WHEN NOT postpaid THEN amount END, %(day)s
    FROM demo_month
"""
KNOWN_TIERS = """
    INSERT INTO billing_value (customer_id, arpu, tier)
    SELECT c.id, coalesce(sum(s.arpu), 0), c.tier
    FROM customers_customer c JOIN customers_subscription s ON s.customer_id = c.id
    WHERE c.tier <> '' GROUP BY c.id ON CONFLICT DO NOTHING
"""
FIRST_TIERS = """
    INSERT INTO billing_tierchange (customer_id, before, after, why, arpu, month, at)
    SELECT v.customer_id, '', v.tier, 'first', v.arpu, %(newest)s::date - interval '8 months', %(at)s
    FROM billing_value v
"""


def bill_everybody(cast: Cast, lives: dict[int, Life], now: dt.datetime) -> None:
    """Inside the seed's transaction. The newest month is the last full one; `lives` by line, of those that changed."""
    day = months.today(now)
    newest = months.first_day(months.last_full(day))
    said: dict[str, Any] = {
        "newest": newest, "day": day, "at": now - dt.timedelta(days=210), "held_out": HELD_OUT_PER_MILLE,
        "lines": list(lives),
    }  # fmt: skip
    for name in ("begins", "ends", "stopped", "restored"):
        said[name] = [getattr(life, name) for life in lives.values()]
    with connection.cursor() as cursor:
        for statement in (LINES, LIVES, DROP_BEFORE_AND_AFTER, DIPS, BILLS, PAYMENTS, TOP_UPS, USAGE):
            cursor.execute(statement, said)
        rolling.refresh("SELECT line, min(month), max(month) FROM demo_month GROUP BY line")
        cursor.execute(KNOWN_TIERS)
        cursor.execute(FIRST_TIERS, said)
    value_everybody(day)
    _set_one_by_hand(cast, day, now)


def _set_one_by_hand(cast: Cast, day: dt.date, now: dt.datetime) -> None:
    boss = next(user for user in cast.users.values() if user.role == Role.SUPERVISOR)
    somebody = Customer.objects.filter(tier="silver", kind="person").order_by("pk").first()
    if somebody is not None:
        override_tier(
            customer=somebody, tier="gold", until=day + dt.timedelta(days=60), by=boss, at=now,
            reason="Dua bulan gangguan di rumahnya, janji kepala layanan.",
        )  # fmt: skip
