"""The timer of promises: the keeper is reminded, and a promise not kept by its time is broken. Each exactly once."""

from django.db import connection, transaction

BATCH = 500

# A row that somebody holds (it is being kept this moment) is left for the next look.
SWEEP = """
WITH due AS (
    SELECT id, due_at <= statement_timestamp() AS is_over FROM cases_promise
    WHERE wake_at <= statement_timestamp() ORDER BY wake_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
), looked_at AS (
    UPDATE cases_promise p SET
        broken_at = CASE WHEN due.is_over THEN p.due_at END,
        warned_at = CASE WHEN due.is_over THEN p.warned_at ELSE statement_timestamp() END,
        wake_at = CASE WHEN due.is_over THEN NULL ELSE p.due_at END
    FROM due WHERE p.id = due.id
    RETURNING p.id, p.case_id, p.customer_id, p.keeper_id, p.due_at, p.broken_at
)
INSERT INTO events_event (kind, subject_type, subject_id, customer_id, at, facts)
SELECT CASE WHEN broken_at IS NULL THEN 'promise.warned' ELSE 'promise.broken' END, 'case', case_id, customer_id,
       coalesce(broken_at, statement_timestamp()),
       jsonb_build_object('promise', id, 'keeper', keeper_id, 'due_at', due_at)
FROM looked_at ORDER BY due_at
"""


@transaction.atomic
def sweep_promises(*, limit: int = BATCH) -> int:
    """One batch; returns how many were warned of or broken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_promise WHERE wake_at <= statement_timestamp() LIMIT 1")
        if cursor.fetchone() is None:
            return 0
        cursor.execute(SWEEP, [limit])
        return cursor.rowcount


def next_promise_seconds(longest: float) -> float:
    """Seconds until the next promise is looked at, at most `longest`, at least 0."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM min(wake_at) - statement_timestamp()) FROM cases_promise "
            "WHERE wake_at IS NOT NULL"
        )
        seconds = cursor.fetchone()[0]
    return longest if seconds is None else min(max(float(seconds), 0.0), longest)
