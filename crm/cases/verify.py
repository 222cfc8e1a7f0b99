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
WITH said AS (
    SELECT e.case_id, i.at, i.direction = 'out' AS ends, false AS follow_up
    FROM timeline_interaction i JOIN cases_caseinteraction e ON e.interaction_id = i.id
    WHERE i.direction = 'in' OR (i.by_person AND i.voided_at IS NULL)
    UNION ALL
    SELECT subject_id, at, true, true FROM events_event WHERE subject_type = 'case' AND kind = 'case.settled'
), plain AS (
    SELECT said.* FROM said
    WHERE NOT EXISTS (SELECT 1 FROM cases_caseinteraction m WHERE m.moved_from_id = said.case_id OR (m.case_id = said.case_id AND m.moved_from_id IS NOT NULL))
), first_answer AS (
    SELECT a.case_id, min(a.at) AS at FROM plain a
    WHERE a.ends AND NOT a.follow_up
      AND a.at > (SELECT min(q.at) FROM plain q WHERE q.case_id = a.case_id AND NOT q.ends)
    GROUP BY a.case_id
), counted AS (
    SELECT p.* FROM plain p LEFT JOIN first_answer f USING (case_id)
    WHERE NOT p.follow_up OR p.at > f.at
), edges AS (
    SELECT *, lag(ends, 1, true) OVER (PARTITION BY case_id ORDER BY at, (NOT ends)) AS before FROM counted
), starts AS (
    SELECT case_id, at, row_number() OVER (PARTITION BY case_id ORDER BY at) AS turn FROM edges WHERE NOT ends AND before
), computed AS (
    SELECT s.case_id, s.turn, s.at AS started_at,
           (SELECT min(c.at) FROM counted c WHERE c.case_id = s.case_id AND c.ends AND c.at > s.at) AS stopped_at
    FROM starts s
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
    WHERE c.kind = 'response' AND c.case_id IN (SELECT case_id FROM plain) AND NOT (c.verdict = 'void' AND r.case_id IS NULL)
), resolution AS (
    SELECT c.id, c.verdict, CASE
            WHEN s.at <= c.due_at THEN 'met'
            WHEN s.at > c.due_at OR (c.paused_at IS NULL AND c.due_at < least(coalesce(k.closed_at, %(at)s), %(at)s)) THEN 'missed'
            WHEN k.closed_at IS NOT NULL THEN 'void'
            ELSE '' END AS computed
    FROM cases_slaclock c JOIN cases_case k ON k.id = c.case_id
    LEFT JOIN LATERAL (
        SELECT min(e.at) AS at FROM events_event e
        WHERE e.subject_type = 'case' AND e.subject_id = c.case_id AND e.kind = 'case.settled' AND e.at >= c.started_at
    ) s ON true
    WHERE c.kind = 'resolution' AND c.case_id IN (SELECT case_id FROM plain)
)
SELECT id, verdict, computed, count(*) OVER () AS checked FROM (SELECT * FROM response UNION ALL SELECT * FROM resolution) v
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
