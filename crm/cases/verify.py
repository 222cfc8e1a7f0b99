"""The nightly proof: every verdict computed again from raw history, in SQL of its own, must equal what is stored."""

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.cases.models import Verification

SAMPLES = 50

# Response turns: an answer by a person, or for follow-ups a settlement, ends the waiting that the oldest message
# before it began. Merged cases are left out: their messages stand in another case than their clocks.
DIFFERING = """
WITH settled AS NOT MATERIALIZED (  -- what was taken back at once never was
    SELECT e.subject_id AS case_id, e.at FROM events_event e
    WHERE e.subject_type = 'case' AND e.kind = 'case.settled' AND NOT EXISTS (
        SELECT 1 FROM events_event u WHERE u.subject_type = 'case' AND u.subject_id = e.subject_id
            AND u.kind = 'case.settled_undone' AND (u.facts->>'event')::bigint = e.id)
), merged AS (
    SELECT case_id FROM cases_caseinteraction WHERE moved_from_id IS NOT NULL
    UNION SELECT moved_from_id FROM cases_caseinteraction WHERE moved_from_id IS NOT NULL
), said AS (
    SELECT e.case_id, i.at, i.direction = 'out' AS ends, false AS follow_up
    FROM timeline_interaction i JOIN cases_caseinteraction e ON e.interaction_id = i.id
    WHERE i.direction = 'in' OR (i.by_person AND i.voided_at IS NULL)
    UNION ALL
    SELECT case_id, at, true, true FROM settled
), plain AS (
    SELECT said.* FROM said LEFT JOIN merged USING (case_id) WHERE merged.case_id IS NULL
), first_answer AS (
    SELECT a.case_id, min(a.at) AS at
    FROM plain a JOIN (SELECT case_id, min(at) AS at FROM plain WHERE NOT ends GROUP BY case_id) q USING (case_id)
    WHERE a.ends AND NOT a.follow_up AND a.at > q.at
    GROUP BY a.case_id
), counted AS (
    SELECT p.* FROM plain p LEFT JOIN first_answer f USING (case_id) WHERE NOT p.follow_up OR p.at > f.at
), edges AS (
    SELECT case_id, at, ends, lag(ends, 1, true) OVER in_time AS before,
           min(at) FILTER (WHERE ends) OVER (in_time ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS stopped_at
    FROM counted WINDOW in_time AS (PARTITION BY case_id ORDER BY at, (NOT ends))
), computed AS (
    SELECT case_id, at AS started_at, stopped_at, row_number() OVER (PARTITION BY case_id ORDER BY at) AS turn
    FROM edges WHERE NOT ends AND before
), response AS (
    SELECT c.id, c.verdict, CASE
            WHEN r.case_id IS NULL THEN 'void'
            WHEN r.started_at <> c.started_at THEN 'other start'
            WHEN r.stopped_at <= c.due_at THEN 'met'
            WHEN r.stopped_at > c.due_at OR c.due_at < least(coalesce(k.closed_at, %(at)s), %(at)s) THEN 'missed'
            WHEN k.closed_at IS NOT NULL THEN 'void'
            ELSE '' END AS computed
    FROM cases_slaclock c JOIN cases_case k ON k.id = c.case_id
    LEFT JOIN computed r ON r.case_id = c.case_id AND r.turn = c.turn
    WHERE c.kind = 'response' AND c.case_id IN (SELECT case_id FROM plain)
        AND NOT (c.verdict = 'void' AND r.case_id IS NULL)
), resolution AS (
    SELECT c.id, c.verdict, CASE
            WHEN s.at <= c.due_at THEN 'met'
            WHEN s.at > c.due_at THEN 'missed'
            WHEN c.due_at < least(coalesce(k.closed_at, %(at)s), coalesce(c.paused_at, %(at)s), %(at)s) THEN 'missed'
            WHEN k.closed_at IS NOT NULL THEN 'void'
            ELSE '' END AS computed
    FROM cases_slaclock c JOIN cases_case k ON k.id = c.case_id
    LEFT JOIN LATERAL (
        SELECT min(e.at) AS at FROM settled e WHERE e.case_id = c.case_id AND e.at > c.started_at
    ) s ON true
    WHERE c.kind = 'resolution' AND c.case_id IN (SELECT case_id FROM plain)
)
SELECT id, verdict, computed FROM (SELECT * FROM response UNION ALL SELECT * FROM resolution) v
"""


def verify(at: dt.datetime | None = None) -> Verification:
    """Recompute all verdicts as of `at`, store the result with up to 50 samples, and return it."""
    at = at or timezone.now()
    differing = differing_clocks(at)
    checked = _count()
    samples: list[dict[str, Any]] = [
        {"clock": clock, "stored": stored, "computed": computed} for clock, stored, computed in differing[:SAMPLES]
    ]
    return Verification.objects.create(at=at, clocks=checked, differing=len(differing), samples=samples)


def differing_clocks(at: dt.datetime) -> list[tuple[int, str, str]]:
    """(clock, stored, computed) of each disagreement. A breach not yet swept is lag, not a wrong verdict."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, verdict, computed FROM ({DIFFERING}) all_clocks WHERE verdict <> computed "
            "AND NOT (verdict = '' AND computed = 'missed') ORDER BY id",
            {"at": at},
        )
        return cursor.fetchall()


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_slaclock")
        return int(cursor.fetchone()[0])
