"""What ends the reason of a task ends the task: the bill is paid, the line is open again, the case was reopened."""

from typing import Any

from django.db import connection

from caring.models import Task
from caring.words import State
from crm.cases.words import RUNNING_STATES

# By stage: when a running task of it has lost its reason. `t` the task, `l` its line.
_BILL_PAID = (
    """EXISTS (SELECT 1 FROM billing_bill b WHERE b.id = (t.facts ->> 'bill')::bigint AND b.paid IS NOT NULL)"""
)
_PROLONGED = """(t.occasion LIKE 'until:%%' AND l.active_until > (t.facts ->> 'date')::date)"""
_CANCELLED = """EXISTS (SELECT 1 FROM customers_serviceorder o WHERE o.id = (t.facts ->> 'order')::bigint
    AND o.state = 'cancelled')"""
_CASE_RUNS = """EXISTS (SELECT 1 FROM cases_case k WHERE k.id = (t.facts ->> 'case')::bigint
    AND k.state = ANY(%(running)s))"""
_CASE_OVER = """EXISTS (SELECT 1 FROM cases_case k WHERE k.id = (t.facts ->> 'case')::bigint
    AND k.state <> ALL(%(running)s))"""
_USED_AGAIN = """EXISTS (SELECT 1 FROM billing_usage u WHERE u.subscription_id = t.subscription_id
    AND u.month > to_date(t.facts ->> 'month', 'YYYY-MM')
    AND coalesce(u.minutes_in, 0) + coalesce(u.minutes_out, 0) + coalesce(u.megabytes, 0)
        > CASE t.stage_id WHEN 22 THEN 0.4 * coalesce((t.facts ->> 'before')::numeric, 0) ELSE 0 END)"""
REASONS = {
    (1, 2, 3, 4, 5): _CANCELLED,
    (9,): _CASE_OVER,
    (10, 17, 18, 19): _CASE_RUNS,
    (12,): f"{_BILL_PAID} OR {_PROLONGED}",
    (13, 14): "l.state NOT IN ('isolir', 'grace', 'blocked')",
    (16,): _CANCELLED,
    (21, 22, 23): _USED_AGAIN,
}
LIVING = "l.state IN ('removed', 'recycled') AND t.stage_id NOT IN (13, 14, 16)"
GONE = " OR ".join(
    [f"({LIVING})", *(f"t.stage_id IN ({', '.join(map(str, stages))}) AND ({sql})" for stages, sql in REASONS.items())]
)
OVER = f"""SELECT 1 FROM caring_task t LEFT JOIN customers_subscription l ON l.id = t.subscription_id
    WHERE t.id = %(task)s AND ({GONE})"""
# The same event as attempts.close writes, for many.
END = f"""
WITH gone AS (
    SELECT t.id FROM caring_task t LEFT JOIN customers_subscription l ON l.id = t.subscription_id
    WHERE t.state IN ('waiting', 'open') AND {{limit}} AND ({GONE})
    FOR UPDATE OF t SKIP LOCKED
),
ended AS (
    UPDATE caring_task t SET state = '{State.ENDED}', closed_at = now() FROM gone WHERE t.id = gone.id
    RETURNING t.id, t.customer_id, t.subscription_id, t.stage_id, t.outcome
)
INSERT INTO events_event (kind, subject_type, subject_id, customer_id, at, facts)
SELECT 'caring.closed', 'task', id, customer_id, now(), jsonb_build_object('stage', stage_id, 'state',
    '{State.ENDED}', 'outcome', outcome, 'why', '', 'line', subscription_id, 'points', 0)
FROM ended
"""


def end_all() -> int:
    """Whatever has lost its reason; what somebody holds just now is looked at the next time."""
    return _end("TRUE", {})


def end_of_customer(customer_id: int) -> int:
    """After news of them."""
    return _end("t.customer_id = %(customer)s", {"customer": customer_id})


def end_of(task: Task) -> bool:
    """One that the caller holds; True when it had lost its reason."""
    return bool(_end("t.id = %(task)s", {"task": task.pk}))


def is_over(task: Task) -> bool:
    """Of one whose message stands in the lane: has it lost its reason?"""
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"running": list(RUNNING_STATES), "task": task.pk})
        return bool(cursor.fetchone())


def _end(limit: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(END.format(limit=limit), {"running": list(RUNNING_STATES)} | params)
        return int(cursor.rowcount)
