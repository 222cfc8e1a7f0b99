"""Each night: both measures of every customer, from the facts of the last twelve months. Only what differs is written.

Ranges of ids, each its own transaction: a killed run has done what it has done, and the next one does the rest; two at
once write the same. What is counted is said in Python by terms.py.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.forms.models import model_to_dict

from crm.segments.models import Measure

RANGE = 50_000
MONTHS = 12


def measure_in_force() -> Measure:
    """The one row, or the defaults where nobody has saved any."""
    return Measure.objects.first() or Measure(pk=1)


def measure_everybody(at: dt.datetime) -> int:
    """How many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM customers_customer")
        low, high = cursor.fetchone()
    return sum(measure_range(first, first + RANGE, at) for first in range(low, high + 1, RANGE))


def measure_customer(customer_id: int, at: dt.datetime) -> None:
    """One customer at once."""
    measure_range(customer_id, customer_id + 1, at)


@transaction.atomic
def measure_range(first: int, end: int, at: dt.datetime) -> int:
    """Customers from id `first` to before `end`."""
    said: dict[str, Any] = {f"w_{name}": value for name, value in model_to_dict(measure_in_force()).items()}
    said |= {"first": first, "end": end, "at": at}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(MEASURE, said)
        written = cursor.rowcount
        cursor.execute(GONE, said)
        return written


def _share(part: str, full: str) -> str:
    """terms.share in SQL."""
    return f"least(100, div(200 * {part} + {full}, 2 * {full}))"


def _total(*terms: tuple[str, str]) -> str:
    """terms.total in SQL."""
    scores = " + ".join(f"coalesce({term} * {weight}, 0)" for term, weight in terms)
    weights = " + ".join(f"CASE WHEN {term} IS NULL THEN 0 ELSE {weight} END" for term, weight in terms)
    return f"div(2 * ({scores}) + ({weights}), nullif(2 * ({weights}), 0))"


_OF = "customer_id >= %(first)s AND customer_id < %(end)s"
_SINCE = f"%(at)s::timestamptz - interval '{MONTHS} months'"
_TRANSACTION = _total(
    ("t_revenue", "%(w_revenue)s"), ("t_on_time", "%(w_on_time)s"), ("t_credits", "%(w_credits)s"),
    ("t_referrals", "%(w_referrals)s"),
)  # fmt: skip
_INTERACTION = _total(("t_contacts", "%(w_contacts)s"), ("t_complaints", "%(w_complaints)s"), ("t_stay", "%(w_stay)s"))

_FIGURES = (
    "revenue", "bills", "bills_on_time", "credit_notes", "referrals", "exchanges", "complaints", "bad_ends", "months",
    "transaction", "interaction",
)  # fmt: skip

# OFFSET 0: each term is worked out once. What is the same is left out before the insert: a conflict that changes
# nothing locks its row all the same, and is written to the log.
MEASURE = f"""
WITH of_value AS (
    SELECT customer_id, arpu::bigint AS revenue FROM billing_value WHERE {_OF}
),
of_bills AS (
    SELECT customer_id, count(*)::int AS bills, count(*) FILTER (WHERE paid <= due)::int AS on_time
    FROM billing_bill WHERE {_OF} AND due < %(at)s::timestamptz::date AND due >= ({_SINCE})::date GROUP BY 1
),
of_credits AS (
    SELECT customer_id, count(*)::int AS notes FROM billing_creditnote
    WHERE {_OF} AND given_on >= ({_SINCE})::date GROUP BY 1
),
of_referrals AS (
    SELECT customer_id, count(*)::int AS brought FROM segments_referral WHERE {_OF} GROUP BY 1
),
of_contacts AS (
    SELECT customer_id, least(
        count(*) FILTER (WHERE direction = 'in'),
        count(*) FILTER (WHERE direction = 'out' AND by_person AND voided_at IS NULL)
    )::int AS exchanges
    FROM timeline_interaction WHERE {_OF} AND at >= {_SINCE} AND at <= %(at)s GROUP BY 1
),
of_complaints AS (
    SELECT k.customer_id, count(*)::int AS complaints, count(*) FILTER (
        WHERE k.outcome = 'not_possible'
        OR EXISTS (SELECT FROM cases_breach b WHERE b.case_id = k.id AND b.withdrawn_at IS NULL)
    )::int AS bad_ends
    FROM cases_case k
    WHERE {_OF} AND k.kind = 'complaint' AND k.merged_into_id IS NULL AND k.state NOT IN ('cancelled', 'rejected')
        AND k.opened_at >= {_SINCE} AND k.opened_at <= %(at)s
    GROUP BY 1
),
of_lines AS (
    SELECT customer_id, min(activated_on) AS since FROM customers_subscription WHERE {_OF} GROUP BY 1
),
known AS (
    SELECT c.id, v.revenue, coalesce(b.bills, 0) AS bills, coalesce(b.on_time, 0) AS bills_on_time,
        coalesce(n.notes, 0) AS credit_notes, coalesce(r.brought, 0) AS referrals,
        coalesce(i.exchanges, 0) AS exchanges, coalesce(k.complaints, 0) AS complaints,
        coalesce(k.bad_ends, 0) AS bad_ends,
        (%(at)s::timestamptz::date - least(l.since, c.since)) * 12 / 365 AS months
    FROM customers_customer c
    LEFT JOIN of_value v ON v.customer_id = c.id LEFT JOIN of_bills b ON b.customer_id = c.id
    LEFT JOIN of_credits n ON n.customer_id = c.id LEFT JOIN of_referrals r ON r.customer_id = c.id
    LEFT JOIN of_contacts i ON i.customer_id = c.id LEFT JOIN of_complaints k ON k.customer_id = c.id
    LEFT JOIN of_lines l ON l.customer_id = c.id
    WHERE c.id >= %(first)s AND c.id < %(end)s AND c.erased_at IS NULL AND c.absorbed_into_id IS NULL
        AND c.restricted_at IS NULL
),
scored AS (
    SELECT *,
        {_share("greatest(0, revenue)", "%(w_revenue_full)s")} AS t_revenue,
        CASE WHEN bills > 0 THEN {_share("bills_on_time", "bills")} END AS t_on_time,
        greatest(0, 100 - %(w_credit_costs)s * credit_notes) AS t_credits,
        {_share("referrals", "%(w_referrals_full)s")} AS t_referrals,
        {_share("exchanges", "%(w_contacts_full)s")} AS t_contacts,
        greatest(0, 100 - %(w_complaint_costs)s * complaints - %(w_bad_end_costs)s * bad_ends) AS t_complaints,
        CASE WHEN months IS NOT NULL THEN {_share("greatest(0, months)", "%(w_stay_full)s")} END AS t_stay
    FROM known
    OFFSET 0
),
figured AS (
    SELECT id, revenue, bills, bills_on_time, credit_notes, referrals, exchanges, complaints, bad_ends, months,
        CASE WHEN revenue IS NOT NULL THEN {_TRANSACTION} END AS transaction, {_INTERACTION} AS interaction
    FROM scored
    OFFSET 0
),
differing AS MATERIALIZED (
    SELECT f.* FROM figured f
    LEFT JOIN segments_measured m ON m.customer_id = f.id AND m.{_OF.replace(" customer_id", " m.customer_id")}
    WHERE m.customer_id IS NULL OR {" OR ".join(f"m.{name} IS DISTINCT FROM f.{name}" for name in _FIGURES)}
)
INSERT INTO segments_measured (customer_id, {", ".join(_FIGURES)})
SELECT id, {", ".join(_FIGURES)} FROM differing
ON CONFLICT (customer_id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _FIGURES)}
"""

GONE = f"""
DELETE FROM segments_measured m USING customers_customer c
WHERE m.{_OF.replace(" customer_id", " m.customer_id")} AND c.id = m.customer_id
    AND c.id >= %(first)s AND c.id < %(end)s
    AND (c.erased_at IS NOT NULL OR c.absorbed_into_id IS NOT NULL)
"""
