"""Twelve months of bills, payments, top-ups and usage for every line of the demo, from which ARPU and tiers follow."""

import datetime as dt

from django.db import connection

from crm.billing import months, rolling
from crm.billing.nightly import value_everybody
from crm.billing.overriding import override_tier
from crm.customers.models import Customer
from crm.demo.people import Cast
from crm.staff.models import Role

MONTHS = 12
PPN = 11  # per cent
# What a line brings in a month swings around what it brings on the whole, and climbs or falls a little over the year.
SWING = "(0.82 + 0.36 * abs(hashint4extended(s.id::int, {seed} + 31 * at)  %% 1000) / 1000)"
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
DROP_EARLY = """
    DELETE FROM demo_month m USING customers_subscription s
    WHERE s.id = m.line AND s.activated_on >= m.month + interval '1 month'
"""
BILLS = f"""
    INSERT INTO billing_bill (customer_id, subscription_id, number, month, net, tax, total, issued,
        due, paid, recorded_at)
    SELECT customer_id, line, to_char(month, 'YYMM') || '-' || lpad(line::text, 6, '0'), month, amount,
        amount * {PPN} / 100, amount + amount * {PPN} / 100, issued, issued + 20,
        CASE WHEN issued + paid_after > %(day)s::date OR (at = 0 AND state = 'isolir') THEN NULL
            ELSE issued + paid_after END, issued
    FROM (
        SELECT *, (month + interval '1 month')::date + 1 AS issued, 3 + (chance * 20)::int AS paid_after FROM demo_month
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
        FROM demo_month m CROSS JOIN generate_series(0, 1) part WHERE NOT m.postpaid
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


def bill_everybody(cast: Cast, now: dt.datetime) -> None:
    """Inside the seed's transaction. The newest month is the last full one."""
    day = months.today(now)
    newest = months.first_day(months.last_full(day))
    said = {"newest": newest, "day": day, "at": now - dt.timedelta(days=210)}
    with connection.cursor() as cursor:
        for statement in (LINES, DROP_EARLY, BILLS, PAYMENTS, TOP_UPS, USAGE):
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
