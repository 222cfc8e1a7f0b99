"""The sweep: what silence does to clocks. Warnings, breaches and escalations, each exactly once.

The table is the queue. Any number of sweepers may run: a row is handled by whoever locks it, in the transaction that
moves it past the mark. A row that another holds (an answer is being written) is left for the next sweep.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from crm.cases.actions.escalating import climb_ladder
from crm.cases.models import SlaClock
from crm.cases.policies import rules_of
from crm.cases.words import ClockKind, WakeFor

log = logging.getLogger(__name__)
BATCH = 1000
CANDIDATES = 8
SET_ASIDE = 60  # seconds


@dataclass(frozen=True)
class Swept:
    marks: int = 0
    steps: int = 0


# `wake_at <= parameter`: statement_timestamp() is stable, clock_timestamp() could not use the index.
CLAIM = """
SELECT id, policy_id FROM cases_slaclock
WHERE wake_at <= {now} AND is_archive = %(archive)s AND wake_for = 'mark'
ORDER BY wake_at LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""

HANDLE = """
WITH mark AS (
    SELECT * FROM unnest(
        %(policies)s::bigint[], %(kinds)s::text[], %(positions)s::int[], %(percents)s::int[], %(acts)s::int[]
    ) AS m(policy_id, kind, position, percent, act)
), due AS (
    SELECT c.id, c.case_id, c.kind, c.due_at, c.marks_passed, c.verdict, c.is_archive, m.position, m.percent, m.act,
           c.due_at - make_interval(secs => c.target_seconds * (100 - m.percent) / 100.0) AS mark_at
    FROM cases_slaclock c LEFT JOIN mark m
        ON m.policy_id = c.policy_id AND m.kind = c.kind AND m.position >= c.marks_passed
    WHERE c.id = ANY(%(ids)s)
), marked AS (  -- up to the first mark that is not due yet, or that only climb_ladder may take
    SELECT due.*, coalesce(
        min(position) FILTER (WHERE mark_at > %(now)s OR act = 3) OVER (PARTITION BY id), 2147483647) AS halt
    FROM due
), reached AS (
    SELECT * FROM marked WHERE position < halt
), outcome AS (
    SELECT id, count(*) FILTER (WHERE position < halt) AS passed,
           coalesce(bool_or(act = 2) FILTER (WHERE position < halt), false) AS is_breach,
           min(mark_at) FILTER (WHERE position = halt) AS wake_at,
           min(act) FILTER (WHERE position = halt) AS wake_act
    FROM marked GROUP BY id
), moved AS (
    UPDATE cases_slaclock c SET
        marks_passed = c.marks_passed + o.passed,
        wake_at = o.wake_at,
        wake_for = CASE WHEN o.wake_act = 3 THEN 'step' ELSE 'mark' END,
        verdict = CASE WHEN c.verdict = '' AND o.is_breach THEN 'missed' ELSE c.verdict END,
        failures = 0
    FROM outcome o WHERE c.id = o.id
), breaches AS (
    INSERT INTO cases_breach
        (clock_id, case_id, kind, due_at, detected_at, party, team_id, division_id, holder_id, is_archive,
         review_due_at, cause, prevention)
    SELECT r.id, r.case_id, r.kind, r.due_at, {detected}, k.party, k.team_id, k.division_id, k.assignee_id,
           r.is_archive, CASE WHEN NOT r.is_archive THEN {detected} + make_interval(days =>
               coalesce((SELECT days FROM cases_reviewrule), 3)::int) END, '', ''
    FROM reached r JOIN cases_case k ON k.id = r.case_id WHERE r.act = 2
    ON CONFLICT (clock_id) DO NOTHING
    RETURNING clock_id
), standing_again AS (  -- an answer in time withdrew it, and was then void
    UPDATE cases_breach b SET withdrawn_at = NULL FROM reached r
    WHERE b.clock_id = r.id AND r.act = 2 AND b.withdrawn_at IS NOT NULL
)
INSERT INTO events_event (kind, subject_type, subject_id, customer_id, at, facts)
SELECT CASE r.act WHEN 1 THEN 'clock.warned' ELSE 'clock.breached' END, 'case', r.case_id, k.customer_id, r.mark_at,
       jsonb_build_object(
           'clock', r.id, 'kind', r.kind, 'percent', r.percent, 'assignee', k.assignee_id, 'team', k.team_id)
FROM reached r JOIN cases_case k ON k.id = r.case_id
WHERE r.act = 1 OR r.id IN (SELECT clock_id FROM breaches)
ORDER BY r.mark_at
"""


def sweep(*, now: dt.datetime | None = None, is_archive: bool = False, limit: int = BATCH) -> Swept:
    """One batch of marks, and when no marks are left one step of the ladder. `now` only for archives."""
    if not anything_due(now=now, is_archive=is_archive):
        return Swept()
    marks = sweep_marks(now=now, is_archive=is_archive, limit=limit)
    if marks == limit:
        return Swept(marks=marks)
    return Swept(marks=marks, steps=sweep_steps(now=now, is_archive=is_archive))


def anything_due(*, now: dt.datetime | None, is_archive: bool) -> bool:
    """The empty sweep's one index probe."""
    with connection.cursor() as cursor:
        due = "%(now)s" if now else "statement_timestamp()"
        cursor.execute(
            f"SELECT 1 FROM cases_slaclock WHERE wake_at <= {due} AND is_archive = %(archive)s LIMIT 1",
            {"now": now, "archive": is_archive},
        )
        return cursor.fetchone() is not None


@transaction.atomic
def sweep_marks(*, now: dt.datetime | None, is_archive: bool, limit: int) -> int:
    with connection.cursor() as cursor:
        claim = CLAIM.format(now="%(now)s" if now else "statement_timestamp()")
        cursor.execute(claim, {"now": now, "archive": is_archive, "limit": limit})
        claimed = cursor.fetchall()
        if not claimed:
            return 0
        cursor.execute("SELECT statement_timestamp()")
        asked = {"now": now or cursor.fetchone()[0], "ids": [row[0] for row in claimed]}
        cursor.execute(
            HANDLE.format(detected="%(now)s" if now else "statement_timestamp()"),
            asked | mark_columns({row[1] for row in claimed}),
        )
        return len(claimed)


def mark_columns(policy_ids: set[int]) -> dict[str, list[object]]:
    """The schedules of the policies at hand as columns, for one join instead of a loop."""
    rows = [
        (policy_id, kind, position, mark.percent, int(mark.act))
        for policy_id in sorted(policy_ids)
        for kind in ClockKind.values
        for position, mark in enumerate(rules_of(policy_id).marks(kind))
    ]
    names = ("policies", "kinds", "positions", "percents", "acts")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def sweep_steps(*, now: dt.datetime | None, is_archive: bool) -> int:
    """One escalation: between two of them the next breach is looked for. Returns how many were taken (0 or 1).

    Several candidates, because another sweeper may hold the first. One that fails is set aside by `wake_at`, never by
    `due_at`, and reported.
    """
    due = SlaClock.objects.filter(wake_at__lte=now or Now(), is_archive=is_archive, wake_for=WakeFor.STEP)
    for clock_id, wake_at in due.order_by("wake_at").values_list("pk", "wake_at")[:CANDIDATES]:
        if wake_at is not None and take_step(clock_id, now=now or wake_at):
            return 1
    return 0


def take_step(clock_id: int, *, now: dt.datetime) -> bool:
    try:
        return climb_ladder(clock_id=clock_id, now=now)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble is not the case's
    except Exception:  # one bad case must not stop the ladder for the rest
        log.exception("ladder step set aside", extra={"clock": clock_id})
        set_aside(clock_id)
        return False


def set_aside(clock_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_slaclock SET wake_at = statement_timestamp() + make_interval(secs => %s), "
            "failures = least(failures + 1, 999) WHERE id = %s AND wake_at IS NOT NULL",
            [SET_ASIDE, clock_id],
        )


def next_wake_seconds(longest: float) -> float:
    """Seconds until the next clock wakes, at most `longest`, at least 0. One index probe."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM min(wake_at) - statement_timestamp()) FROM cases_slaclock "
            "WHERE wake_at IS NOT NULL AND NOT is_archive"
        )
        seconds = cursor.fetchone()[0]
    return longest if seconds is None else min(max(float(seconds), 0.0), longest)


def sweep_archive(*, upto: dt.datetime) -> int:
    """Everything that fell due in replayed history by `upto`; returns how many marks and steps were handled."""
    return sum(swept.marks + swept.steps for swept in _until_empty(upto))


def _until_empty(upto: dt.datetime) -> Iterator[Swept]:
    while (swept := sweep(now=upto, is_archive=True)) != Swept():
        yield swept


def beat(name: str) -> None:
    """A sweeper's sign of life."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_sweeper (name, swept_at) VALUES (%s, statement_timestamp()) "
            "ON CONFLICT (name) DO UPDATE SET swept_at = excluded.swept_at",
            [name],
        )


def heartbeat() -> float | None:
    """Seconds since any sweeper last swept; None when none ever did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM statement_timestamp() - max(swept_at)) FROM cases_sweeper")
        age = cursor.fetchone()[0]
    return None if age is None else float(age)
