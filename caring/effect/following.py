"""What came of each occasion of a courtesy stage, for those who were contacted and for those in the hold-out alike.

Everybody whom the stage picked and whom the policy let through stays in their group, whatever became of the task: who
was not reached, or had to wait, counts among the treated (intention to treat). Left out at once are those with whom the
hold-out is not asked at all: restricted, do-not-disturb, no consent.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q

from caring.effect.periods import LONGEST, WINDOWS, last_followed
from caring.models import EffectFigures, EffectRule, Followed
from caring.words import Kind, State, Why
from crm.billing import months
from crm.cases.words import Kind as CaseKind
from crm.customers.models import Subscription

LOCK = 0x5A47
LATE = 120  # days: bills that were overdue for longer than that are no bills of this occasion
BEFORE = (Why.RESTRICTED, Why.DO_NOT_DISTURB, Why.NO_CONSENT)  # in picking.COURTESY they come before the hold-out
ENDED = """CASE WHEN l.state = ANY(%(ended)s)
    THEN coalesce(l.ended_on, (l.state_since AT TIME ZONE %(zone)s)::date) END"""

# `m`: the month of the occasion, `over`: the first day after the window. Who was left out later (a suppression tells
# so) stays in. Revenue of a month is counted as billing/rolling.py does; what is not known after the occasion is none.
FOLLOW = f"""
WITH picked AS MATERIALIZED (
    SELECT t.id, t.customer_id, t.subscription_id, t.occurred_at, (t.occurred_at AT TIME ZONE %(zone)s)::date AS day,
        date_trunc('month', t.occurred_at AT TIME ZONE %(zone)s)::date AS m,
        (date_trunc('month', t.occurred_at AT TIME ZONE %(zone)s) + make_interval(months => %(window)s + 1))::date
            AS over
    FROM caring_task t JOIN caring_stage s ON s.number = t.stage_id AND s.kind = '{Kind.COURTESY}'
    WHERE t.occurred_at >= %(since)s::timestamp AT TIME ZONE %(zone)s
        AND t.occurred_at < %(until)s::timestamp AT TIME ZONE %(zone)s
        AND NOT (t.state = '{State.SUPPRESSED}' AND t.why = ANY(%(before)s)
            AND NOT EXISTS (SELECT 1 FROM caring_suppression u WHERE u.task_id = t.id))
),
line AS MATERIALIZED (
    SELECT p.id, p.day, p.m, p.over, l.id AS line_id, {ENDED} AS ended
    FROM picked p JOIN customers_subscription l ON l.id = p.subscription_id
    UNION ALL
    SELECT * FROM (
        SELECT p.id, p.day, p.m, p.over, l.id AS line_id, {ENDED} AS ended
        FROM picked p JOIN customers_subscription l ON l.customer_id = p.customer_id
        WHERE p.subscription_id IS NULL AND (l.activated_on IS NULL OR l.activated_on <= p.day)
    ) own WHERE ended IS NULL OR ended > day
),
stay AS (
    SELECT line.id, bool_and(coalesce(line.ended < line.over, FALSE) OR coalesce(num_nonnulls(u.minutes_in,
        u.minutes_out, u.megabytes) > 0 AND coalesce(u.minutes_in, 0) + coalesce(u.minutes_out, 0)
        + coalesce(u.megabytes, 0) = 0, FALSE)) AS left
    FROM line LEFT JOIN billing_usage u
        ON u.subscription_id = line.line_id AND u.month = (line.over - interval '1 month')::date
    GROUP BY 1
),
pay AS (
    SELECT line.id, bool_and(coalesce(b.paid <= b.last, FALSE)) AS paid
    FROM line CROSS JOIN LATERAL (
        SELECT o.paid, greatest(o.due, line.day) + %(payment_days)s AS last
        FROM billing_bill o
        WHERE o.subscription_id = line.line_id AND o.total > 0 AND (o.paid IS NULL OR o.paid > line.day)
            AND o.due BETWEEN line.day - {LATE} AND line.over
        ORDER BY o.due, o.id LIMIT 1
    ) b
    WHERE b.last < line.over
    GROUP BY 1
),
fact AS (
    SELECT line.id, line.line_id, b.month, b.net AS billed, NULL::bigint AS bought, NULL::bigint AS charged,
        NULL::bigint AS credit
    FROM line JOIN billing_bill b ON b.subscription_id = line.line_id
        AND b.month >= line.m - interval '3 months' AND b.month < line.over
    UNION ALL
    SELECT line.id, line.line_id, date_trunc('month', b.bought_on)::date, NULL, b.amount, NULL, NULL
    FROM line JOIN billing_topup b ON b.subscription_id = line.line_id
        AND b.bought_on >= line.m - interval '3 months' AND b.bought_on < line.over
    UNION ALL
    SELECT line.id, line.line_id, u.month, NULL, NULL, u.charged, NULL
    FROM line JOIN billing_usage u ON u.subscription_id = line.line_id AND u.charged IS NOT NULL
        AND u.month >= line.m - interval '3 months' AND u.month < line.over
    UNION ALL
    SELECT line.id, line.line_id, n.month, NULL, NULL, NULL, n.amount
    FROM line JOIN billing_creditnote n ON n.subscription_id = line.line_id
        AND n.month >= line.m - interval '3 months' AND n.month < line.over
),
of_line AS (
    SELECT id, month,
        coalesce(sum(billed), 0) + coalesce(sum(charged), sum(bought), 0) - coalesce(sum(credit), 0) AS revenue
    FROM fact GROUP BY id, line_id, month
),
monthly AS (
    SELECT id, month, sum(revenue) AS revenue FROM of_line GROUP BY id, month
),
money AS (
    SELECT p.id, coalesce(sum(r.revenue) FILTER (WHERE r.month > p.m), 0) / %(window)s
        - coalesce(avg(r.revenue) FILTER (WHERE r.month < p.m), 0) AS change
    FROM monthly r JOIN picked p ON p.id = r.id GROUP BY p.id
)
INSERT INTO caring_followed (task_id, months, month, "left", paid, change, complained)
SELECT p.id, %(window)s, p.m, stay.left, pay.paid,
    CASE WHEN money.change IS NOT NULL THEN round(greatest(-2000000000, least(2000000000, money.change))) END,
    EXISTS (
        SELECT 1 FROM cases_case k WHERE k.customer_id = p.customer_id AND k.kind = '{CaseKind.COMPLAINT}'
            AND k.merged_into_id IS NULL AND k.state NOT IN ('cancelled', 'rejected') AND NOT k.is_archive
            AND k.opened_at > p.occurred_at AND k.opened_at < p.over::timestamp AT TIME ZONE %(zone)s
    )
FROM picked p LEFT JOIN stay ON stay.id = p.id LEFT JOIN pay ON pay.id = p.id LEFT JOIN money ON money.id = p.id
"""


@transaction.atomic
def follow(day: dt.date, *, rule: EffectRule) -> int:
    """Occasions whose window has ended, and once more those of the month before: what came in late is counted.

    Everything anew where the rule by which a bill counts as paid is another. How many.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL jit = off")
        anew = EffectFigures.objects.exclude(payment_days=rule.payment_days).exists()
        return sum(_follow(cursor, window, day, rule, anew=anew) for window in WINDOWS)


def _follow(cursor: Any, window: int, day: dt.date, rule: EffectRule, *, anew: bool) -> int:
    last = last_followed(window, day)
    first, kept = last - LONGEST + 1, Followed.objects.filter(months=window)
    newest = None if anew else kept.aggregate(newest=Max("month"))["newest"]
    since = max(first, min(months.number(newest), last - 1)) if newest else first
    kept.filter(Q(month__gte=months.first_day(since)) | Q(month__lt=months.first_day(first))).delete()
    said = {
        "window": window, "zone": settings.TIME_ZONE, "before": list(BEFORE), "ended": list(Subscription.ENDED),
        "payment_days": rule.payment_days, "since": months.first_day(since), "until": months.first_day(last + 1),
    }  # fmt: skip
    cursor.execute(FOLLOW, said)
    return int(cursor.rowcount)
