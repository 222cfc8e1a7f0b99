"""Where occasions come from: each source is one SELECT of rows that a stage may pick, with what can be asked of them.

A source gives row_id (what is set aside when it cannot be judged), subscription_id, customer_id, occasion, at (NULL:
when it is seen), starts and due (NULL: the stage's own times), facts, and the fields that caring/fields.py knows. It
says `{range}` where its rows are limited, and reads things as they were on %(day)s as far as they are kept by day.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FORMAL = ("letter", "counter", "call", "ivr", "email", "web", "press")  # domain.md §4, stage 17


@dataclass(frozen=True)
class Source:
    """`table.column`: what ranges go over. `news`: kinds of events that bring a row, with the event's id as its row."""

    words: Promise
    sql: str
    over: tuple[str, str]
    news: tuple[str, ...] = ()
    whole: bool = False  # judged over all rows at once: a sample, a count a customer
    hourly: bool = False  # not only at night: what it reads changes by day
    monthly: bool = False  # what it reads changes with the month alone

    @property
    def is_event(self) -> bool:
        """Begun by its event alone; the evaluation has nothing to find."""
        return self.over[0] == "events_event"

    @property
    def is_by_line(self) -> bool:
        return self.over[0] == "customers_subscription"

    def select(self, limit: str) -> str:
        return self.sql.replace("{range}", limit)


ORDERS = ("order.planned", "order.done", "order.failed", "order.cancelled", "order.changed")
LINES = (
    "line.activated", "line.suspended", "line.in_grace", "line.restored", "line.removed", "line.recycled",
)  # fmt: skip
CASES = ("case.settled", "case.escalated", "case.reopened", "escalation.accepted")
BILLS = ("bill.told", "topup.told")

# The order as it stands now, once for each thing that provisioning says of it.
ORDER = """
SELECT e.id AS row_id, o.subscription_id, o.customer_id, 'order:' || o.id || ':' || o.state AS occasion, e.at,
    CASE WHEN o.state = 'planned' AND o.kind = 'installation' THEN o.planned_for - interval '1 day' END AS starts,
    CASE WHEN o.state = 'planned' THEN o.planned_for END AS due,
    jsonb_strip_nulls(jsonb_build_object('order', o.id, 'date', o.planned_for::date)) AS facts,
    o.kind AS order_kind, o.state AS order_state
FROM events_event e JOIN customers_serviceorder o ON o.id = e.subject_id
WHERE {range} AND e.subject_type = 'serviceorder' AND e.kind LIKE 'order.%%'
"""
LINE = """
SELECT e.id AS row_id, l.id AS subscription_id, l.customer_id, e.kind || ':' || e.id AS occasion, e.at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('date', (e.at AT TIME ZONE %(zone)s)::date) AS facts,
    e.kind AS happened, e.facts ->> 'before' AS line_before
FROM events_event e JOIN customers_subscription l ON l.id = e.subject_id
WHERE {range} AND e.subject_type = 'subscription' AND e.kind LIKE 'line.%%'
"""
CASE = """
SELECT e.id AS row_id, NULL::bigint AS subscription_id, k.customer_id, e.kind || ':' || e.id AS occasion, e.at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('case', k.id) AS facts,
    e.kind AS happened, k.kind AS case_kind, k.channel AS case_channel
FROM events_event e JOIN cases_case k ON k.id = e.subject_id
WHERE {range} AND e.subject_type = 'case' AND e.kind = ANY(%(cases)s) AND NOT k.is_archive AND k.merged_into_id IS NULL
"""
# Its place among the bills of the line, the first being 1: of those issued no later.
BILL = """
SELECT b.id AS row_id, b.subscription_id, b.customer_id, 'issued:' || b.id AS occasion, NULL::timestamptz AS at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_strip_nulls(jsonb_build_object('bill', b.id, 'amount', b.total, 'due', b.due)) AS facts,
    b.total AS amount, %(day)s::date - coalesce(b.issued, b.recorded_at::date) AS days_since_issue,
    (SELECT count(*) FROM billing_bill o WHERE o.subscription_id = b.subscription_id AND o.month <= b.month) AS place
FROM billing_bill b
WHERE {range} AND coalesce(b.issued, b.recorded_at::date) BETWEEN %(day)s::date - 30 AND %(day)s::date
"""
TOP_UP = """
SELECT t.id AS row_id, t.subscription_id, t.customer_id, 'topup:' || t.id AS occasion, NULL::timestamptz AS at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('topup', t.id, 'amount', t.amount) AS facts,
    t.amount, %(day)s::date - t.bought_on AS days_since_issue,
    (SELECT count(*) FROM billing_topup o WHERE o.subscription_id = t.subscription_id
        AND (o.bought_on, o.id) <= (t.bought_on, t.id)) AS place
FROM billing_topup t
WHERE {range} AND t.bought_on BETWEEN %(day)s::date - 30 AND %(day)s::date
"""
UNPAID = """
SELECT b.id AS row_id, b.subscription_id, b.customer_id, 'unpaid:' || b.id AS occasion, NULL::timestamptz AS at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('bill', b.id, 'amount', b.total, 'date', b.due) AS facts,
    b.total AS amount, b.due - %(day)s::date AS days_to_due
FROM billing_bill b
WHERE {range} AND b.due BETWEEN %(day)s::date - 60 AND %(day)s::date + 45 AND b.total > 0
    AND (b.paid IS NULL OR b.paid > %(day)s::date)
"""
ACTIVE_PERIOD = """
SELECT l.id AS row_id, l.id AS subscription_id, l.customer_id, 'until:' || l.active_until AS occasion,
    NULL::timestamptz AS at, NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('date', l.active_until) AS facts, l.active_until - %(day)s::date AS days_left
FROM customers_subscription l
WHERE {range} AND l.state = 'active' AND NOT l.postpaid
    AND l.active_until BETWEEN %(day)s::date AND %(day)s::date + 45
"""
# Removal: of a suspended postpaid line as planned by provisioning, else so many days after the suspension; a prepaid
# number is blocked at the end of its grace period.
REMOVAL = """
SELECT row_id, row_id AS subscription_id, customer_id, 'removal:' || removed_on AS occasion, NULL::timestamptz AS at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due, jsonb_build_object('date', removed_on) AS facts,
    removed_on - %(day)s::date AS days_to_removal
FROM (
    SELECT l.id AS row_id, l.customer_id, CASE WHEN l.postpaid THEN coalesce(
        (SELECT min(o.planned_for AT TIME ZONE %(zone)s)::date FROM customers_serviceorder o
            WHERE o.subscription_id = l.id AND o.kind = 'removal' AND o.state = 'planned'),
        (l.state_since AT TIME ZONE %(zone)s)::date + 60) ELSE l.grace_until END AS removed_on
    FROM customers_subscription l WHERE {range} AND l.state IN ('isolir', 'grace')
) standing
WHERE removed_on >= %(day)s::date
"""
# Minutes in and out and megabytes of full months; the newest full one stands for the last 30 days. Products of sums, so
# that a border is met exactly.
USAGE = """
SELECT row_id, row_id AS subscription_id, customer_id, 'usage:' || to_char(newest, 'YYYY-MM') AS occasion,
    NULL::timestamptz AS at, NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_strip_nulls(jsonb_build_object('month', to_char(newest, 'YYYY-MM'), 'usage', round(usage, 2),
        'before', round(total_before / nullif(months_before, 0), 2))) AS facts,
    usage, CASE WHEN months_before >= 2 THEN total_before / months_before END AS usage_before,
    CASE WHEN months_before >= 2 AND total_before > 0 THEN 100 * usage * months_before / total_before END
        AS usage_share,
    CASE WHEN usage > 0 THEN 0 WHEN usage = 0 AND one_before = 0 AND two_before = 0 THEN 90
        WHEN usage = 0 AND one_before = 0 THEN 60 WHEN usage = 0 THEN 30 END AS silent_days
FROM (
    SELECT l.id AS row_id, l.customer_id, %(newest)s::date AS newest,
        max(u.total) FILTER (WHERE u.month = %(newest)s::date) AS usage,
        max(u.total) FILTER (WHERE u.month = %(newest)s::date - interval '1 month') AS one_before,
        max(u.total) FILTER (WHERE u.month = %(newest)s::date - interval '2 months') AS two_before,
        sum(u.total) FILTER (WHERE u.month < %(newest)s::date) AS total_before,
        count(u.total) FILTER (WHERE u.month < %(newest)s::date) AS months_before
    FROM customers_subscription l JOIN (
        SELECT subscription_id, month, CASE WHEN num_nonnulls(minutes_in, minutes_out, megabytes) > 0 THEN
            coalesce(minutes_in, 0) + coalesce(minutes_out, 0) + coalesce(megabytes, 0) END AS total
        FROM billing_usage WHERE month BETWEEN %(newest)s::date - interval '3 months' AND %(newest)s::date
    ) u ON u.subscription_id = l.id
    WHERE {range} AND l.state = 'active'
    GROUP BY l.id, l.customer_id
) counted
"""
ANNIVERSARY = """
SELECT row_id, row_id AS subscription_id, customer_id, 'year:' || years AS occasion, NULL::timestamptz AS at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due, jsonb_build_object('years', years) AS facts,
    years, %(day)s::date - (activated_on + make_interval(years => years))::date AS days_since_anniversary
FROM (
    SELECT l.id AS row_id, l.customer_id, l.activated_on,
        extract(year FROM age(%(day)s::date, l.activated_on))::int AS years
    FROM customers_subscription l WHERE {range} AND l.state = 'active' AND l.activated_on < %(day)s::date
) living
WHERE years > 0
"""
# Bills in a row paid by their due date, counted back from the newest that is due.
ON_TIME = """
SELECT row_id, row_id AS subscription_id, customer_id, 'row:' || to_char(newest, 'YYYY-MM') AS occasion,
    NULL::timestamptz AS at, NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('bills', bills_in_row, 'years', years) AS facts, bills_in_row
FROM (
    SELECT b.subscription_id AS row_id, l.customer_id, max(b.month) AS newest,
        greatest(1, extract(year FROM age(%(day)s::date, l.activated_on)))::int AS years,
        count(*) FILTER (WHERE b.month > coalesce(b.last_late, '-infinity')) AS bills_in_row
    FROM (
        SELECT subscription_id, month, max(month) FILTER (WHERE paid IS NULL OR paid > due)
            OVER (PARTITION BY subscription_id) AS last_late
        FROM billing_bill b WHERE {range} AND due < %(day)s::date AND due >= %(day)s::date - interval '61 months'
    ) b JOIN customers_subscription l ON l.id = b.subscription_id AND l.state = 'active'
    GROUP BY b.subscription_id, l.customer_id, l.activated_on
) counted
WHERE newest >= %(day)s::date - interval '3 months'
"""
# Of each agent's settled complaints one in every ten, at a place in the ten that nobody can foresee; and every breach.
SETTLED = """
SELECT row_id, NULL::bigint AS subscription_id, customer_id, 'score:' || row_id AS occasion, at,
    NULL::timestamptz AS starts, NULL::timestamptz AS due, jsonb_build_object('case', row_id) AS facts,
    place %% 10 = ('x' || substr(md5('score:' || coalesce(assignee_id, 0) || ':' || place / 10), 1, 7))::bit(28)::int
        %% 10 AS is_in_sample, is_breach
FROM (
    SELECT k.id AS row_id, k.customer_id, k.settled_at AS at, k.assignee_id,
        row_number() OVER (PARTITION BY k.assignee_id ORDER BY k.settled_at, k.id) - 1 AS place,
        EXISTS (SELECT 1 FROM cases_slaclock s WHERE s.case_id = k.id AND s.verdict = 'missed') AS is_breach
    FROM cases_case k WHERE k.kind = 'complaint' AND k.settled_at IS NOT NULL AND NOT k.is_archive
        AND k.settled_at < %(at)s AND k.settled_at >= %(at)s - interval '365 days' AND {range}
) counted
WHERE at >= %(at)s - interval '30 days'
"""
WATCH = """
SELECT customer_id AS row_id, NULL::bigint AS subscription_id, customer_id, 'watch:' || newest AS occasion,
    NULL::timestamptz AS at, NULL::timestamptz AS starts, NULL::timestamptz AS due,
    jsonb_build_object('complaints', complaints, 'case', newest) AS facts, complaints, is_after_breach
FROM (
    SELECT k.customer_id, max(k.id) AS newest,
        count(*) FILTER (WHERE k.kind = 'complaint') AS complaints,
        bool_or(s.case_id IS NOT NULL) AS is_after_breach
    FROM cases_case k LEFT JOIN (
        SELECT DISTINCT case_id FROM cases_slaclock WHERE verdict = 'missed'
    ) s ON s.case_id = k.id
    WHERE {range} AND k.opened_at >= %(at)s - interval '90 days' AND k.opened_at < %(at)s AND NOT k.is_archive
    GROUP BY k.customer_id
) counted
WHERE NOT EXISTS (
    SELECT 1 FROM caring_task t WHERE t.customer_id = counted.customer_id AND t.stage_id = 20
        AND t.created_at > %(at)s - interval '120 days' AND t.created_at < %(at)s
)
"""

EVENT = ("events_event", "e.id")
SUBSCRIPTION = ("customers_subscription", "l.id")
SOURCES: dict[str, Source] = {
    "order": Source(_("Orders in provisioning"), ORDER, EVENT, ORDERS),
    "line": Source(_("Lines to which something happens"), LINE, EVENT, LINES),
    "case": Source(_("Cases to which something happens"), CASE, EVENT, CASES),
    "bill": Source(_("Lines with a bill that was issued"), BILL, ("billing_bill", "b.id"), BILLS[:1]),
    "top_up": Source(_("Lines that were topped up"), TOP_UP, ("billing_topup", "t.id"), BILLS[1:]),
    "unpaid": Source(
        _("Lines with an unpaid bill"), UNPAID, ("customers_subscription", "b.subscription_id"), hourly=True
    ),
    "active_period": Source(_("Prepaid lines whose active period ends"), ACTIVE_PERIOD, SUBSCRIPTION, hourly=True),
    "removal": Source(_("Lines that are to be removed"), REMOVAL, SUBSCRIPTION),
    "usage": Source(_("Active lines, by their use"), USAGE, SUBSCRIPTION, monthly=True),
    "anniversary": Source(_("Active lines, by their years on the network"), ANNIVERSARY, SUBSCRIPTION),
    "on_time": Source(_("Active lines, by bills paid on time"), ON_TIME, ("customers_subscription", "subscription_id")),
    "settled": Source(_("Settled complaints"), SETTLED, ("cases_case", "k.id"), whole=True, hourly=True),
    "watch": Source(_("Customers who complained lately"), WATCH, ("cases_case", "k.id"), whole=True, hourly=True),
}
