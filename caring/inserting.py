"""Picked rows become tasks: one INSERT … SELECT, at most one task an occasion, by the database."""

from typing import Any

from django.db import IntegrityError, connection, transaction

from caring.conditions import WayRead
from caring.models import Run, StageVersion
from caring.picking import Moment, picked
from caring.words import State

# Each row asks the unique index by its key: as EXISTS, the planner would read all tasks of the stage for every range.
# OFFSET 0: what the policy says is found out once a row, not each time it is named.
# What the policy left out is kept too, with its reason. What is planned for later waits for its time.
INSERT = f"""
INSERT INTO caring_task (stage_id, version_id, way, customer_id, subscription_id, occasion, facts, state, why,
    is_held_out, channel, tried, value, run_id, occurred_at, due_at, next_at, outcome, reason, offer,
    created_at, closed_at)
SELECT %(stage)s, %(version)s, %(way)s, p.customer_id, p.subscription_id, p.occasion, p.facts,
    CASE WHEN p.why <> '' THEN '{State.SUPPRESSED}' WHEN p.starts > %(at)s THEN '{State.WAITING}'
        ELSE '{State.OPEN}' END,
    p.why, p.is_held_out, %(channel)s, 0, greatest(-2000000000, least(2000000000, p.value)), %(run)s, p.occurred_at,
    greatest(p.occurred_at, coalesce(p.due, greatest(p.occurred_at, p.starts) + %(due_hours)s * interval '1 hour')),
    greatest(p.starts, %(at)s), '', '', '', %(at)s, CASE WHEN p.why <> '' THEN %(at)s END
FROM (
SELECT p.* FROM ({{picked}}) p
WHERE CASE WHEN p.subscription_id IS NULL THEN (
    SELECT t.id FROM caring_task t WHERE t.stage_id = %(stage)s AND t.occasion = p.occasion
        AND t.customer_id = p.customer_id AND t.subscription_id IS NULL) ELSE (
    SELECT t.id FROM caring_task t WHERE t.stage_id = %(stage)s AND t.occasion = p.occasion
        AND t.subscription_id = p.subscription_id) END IS NULL OFFSET 0
) p
{{or_not}}
"""


def insert_tasks(
    version: StageVersion, way: WayRead, moment: Moment, limit: str, params: dict[str, Any], *, held_out: int,
    run: Run | None = None,
) -> int:  # fmt: skip
    """The number of tasks made. Inside the caller's transaction."""
    select, said = picked(way, moment, limit, courtesy=version.stage.is_courtesy, held_out=held_out)
    said |= {
        "stage": version.stage_id, "version": version.pk, "channel": version.channels_of(way.number)[0],
        "due_hours": version.due_hours, "run": run.pk if run else None, "way": way.number,
    } | params  # fmt: skip
    with connection.cursor() as cursor:
        # The planner expects one row where a rule's conditions go together (postpaid, unpaid, issued of late), and
        # would read a whole table for each of the thousands there are. By keys, a range costs what its rows cost.
        cursor.execute("SET LOCAL jit = off; SET LOCAL enable_seqscan = off")
        made = _insert(select, said)
        cursor.execute("SET LOCAL enable_seqscan = on")
        return made


def _insert(select: str, said: dict[str, Any]) -> int:
    """Whoever else made the same task meanwhile, or a thing told twice, is met by asking for each row: a tenth dearer,
    so only where it has happened."""
    try:
        with transaction.atomic():
            return _rows(INSERT.format(picked=select, or_not=""), said)
    except IntegrityError:
        return _rows(INSERT.format(picked=select, or_not="ON CONFLICT DO NOTHING"), said)


def _rows(statement: str, said: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return int(cursor.rowcount)
