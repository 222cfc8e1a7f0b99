"""Each night: what follows from the dates of prepaid lines alone. Set-based; provisioning's own word comes first.

Batches, each its own transaction: a killed run has done what it has done, and the next one does the rest. Two at once
take different lines (SKIP LOCKED).
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm.customers.models import LineRule

BATCH = 5_000

# From, to, event, and which lines: %(day)s is the first day on which the state before no longer holds.
STEPS = (
    ("active", "grace", "line.in_grace", "active_until < %(day)s"),
    ("grace", "blocked", "line.blocked", "grace_until < %(day)s"),
    ("blocked", "recycled", "line.recycled", "state_since < %(at)s - make_interval(days => %(kept)s)"),
)
MOVE = """
WITH due AS (
    SELECT id FROM customers_subscription WHERE state = %(before)s AND NOT postpaid AND {due}
    LIMIT %(batch)s FOR UPDATE SKIP LOCKED
),
moved AS (
    UPDATE customers_subscription line SET state = %(after)s, state_since = %(at)s,
        grace_until = CASE WHEN %(after)s = 'grace' THEN greatest(line.grace_until, line.active_until + %(grace)s)
            ELSE line.grace_until END,
        ended_on = CASE WHEN %(after)s = 'recycled' THEN %(day)s ELSE line.ended_on END
    FROM due WHERE line.id = due.id
    RETURNING line.id, line.customer_id, line.product_id
)
INSERT INTO events_event (kind, subject_type, subject_id, customer_id, at, facts)
SELECT %(event)s, 'subscription', id, customer_id, %(at)s,
    jsonb_build_object('before', %(before)s::text, 'state', %(after)s::text, 'product', product_id)
FROM moved
"""


def pass_dates(*, day: dt.date, at: dt.datetime | None = None) -> int:
    """How many lines moved. The last step comes first, so that a line moves once a night."""
    at = at or timezone.now()
    rule = LineRule.in_force()
    return sum(_step(step, day, at, rule) for step in reversed(STEPS))


def _step(step: tuple[str, str, str, str], day: dt.date, at: dt.datetime, rule: LineRule) -> int:
    before, after, event, due = step
    said: dict[str, Any] = {"before": before, "after": after, "event": event, "day": day, "at": at}
    said |= {"batch": BATCH, "grace": rule.grace_days, "kept": rule.blocked_days}
    moved = newly = _batch(MOVE.format(due=due), said)
    while newly == BATCH:
        newly = _batch(MOVE.format(due=due), said)
        moved += newly
    return moved


@transaction.atomic
def _batch(statement: str, said: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return int(cursor.rowcount)
