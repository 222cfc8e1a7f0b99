"""The one query: a row for each case with everything a figure asks of it.

A live case is judged by its own clocks (the policy it began under). An archive is judged by the SOP's 15 minutes,
whatever the policy of today says; how its cases were settled cannot be known from public posts. A clock past its
deadline is late at once, whether or not a sweep has seen it.
"""

from typing import Any

from crm.reports.sla import narrow
from crm.reports.sla.filters import Filters

SOP_REPLY_SECONDS = 15 * 60

FACTS = """
WITH RECURSIVE {tops}, chosen AS (
    SELECT c.* FROM cases_case c WHERE {where}
), raw AS (
    SELECT c.id, c.opened_at, c.channel, c.team_id, tops.top AS category_id, c.tier, c.state, c.is_archive,
           c.state NOT IN ('cancelled', 'rejected') AS counted,
           reply.started_at, reply.due_at AS reply_due_at, reply.verdict AS reply_verdict,
           answer.at AS answered_at, answer.agent,
           extract(epoch FROM answer.at - reply.started_at)::float8 AS reply_seconds,
           settle.verdict AS settle_verdict, settle.due_at AS settle_due_at, settle.paused_at,
           CASE WHEN settle.verdict IN ('met', 'missed') AND c.settled_at IS NOT NULL
                THEN extract(epoch FROM c.settled_at - c.opened_at)::float8 END AS settle_seconds,
           {addressed} AS addressed,
           late.reply OR (NOT c.is_archive AND reply.verdict = '' AND reply.due_at < %(at)s) AS breached_reply,
           late.settle OR coalesce(settle.verdict = '' AND settle.paused_at IS NULL AND settle.due_at < %(at)s, false)
               AS breached_settle,
           c.opened_at AT TIME ZONE %(time_zone)s AS local
    FROM chosen c
    LEFT JOIN tops ON tops.id = c.category_id
    LEFT JOIN cases_slaclock reply ON reply.case_id = c.id AND reply.kind = 'response' AND reply.turn = 1
    LEFT JOIN LATERAL (
        SELECT i.at, coalesce('staff:' || i.staff_id, 'sign:' || nullif(lower(i.signature), ''), 'nobody') AS agent
        FROM cases_caseinteraction e JOIN timeline_interaction i ON i.id = e.interaction_id
        WHERE e.case_id = c.id AND i.direction = 'out' AND i.by_person AND i.voided_at IS NULL
          AND i.at > reply.started_at
        ORDER BY i.at, i.id LIMIT 1
    ) answer ON true
    LEFT JOIN LATERAL (
        SELECT k.* FROM cases_slaclock k
        WHERE k.case_id = c.id AND k.kind = 'resolution' AND NOT c.is_archive ORDER BY k.turn DESC LIMIT 1
    ) settle ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(bool_or(b.kind = 'response'), false) AS reply,
               coalesce(bool_or(b.kind = 'resolution') AND NOT c.is_archive, false) AS settle
        FROM cases_breach b WHERE b.case_id = c.id AND b.withdrawn_at IS NULL
    ) late ON true
), facts AS (
    SELECT raw.*,
           answered_at IS NOT NULL AS answered,
           CASE WHEN is_archive THEN reply_seconds <= {sop} ELSE reply_verdict = 'met' END AS in_time,
           CASE WHEN is_archive THEN started_at <= %(archive_due)s
                ELSE reply_due_at <= %(at)s AND reply_verdict <> 'void' END AS due,
           settle_seconds IS NOT NULL AS settled,
           settle_verdict = 'met' AS settled_in_time,
           settle_due_at <= %(at)s AND settle_verdict <> 'void' AND paused_at IS NULL AS settle_due,
           local::date AS day, extract(isodow FROM local)::int AS weekday, extract(hour FROM local)::int AS hour,
           least(floor(reply_seconds / 60), 20)::int AS minute
    FROM raw
)
"""

# The first post alone says whether the customer addressed the account.
ADDRESSED = """coalesce((
    SELECT p.addressed FROM cases_caseinteraction e JOIN social_post p ON p.interaction_id = e.interaction_id
    WHERE e.case_id = c.id AND NOT p.is_brand ORDER BY p.at, length(p.external_id), p.external_id LIMIT 1
), false)"""


def facts(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The WITH clause that ends in `facts`, and its parameters."""
    conditions = [*narrow.conditions(filters), *_times(filters)]
    asks_addressed = bool(filters.archive or filters.account)
    sql = FACTS.format(
        tops=narrow.TOPS,
        where=" AND ".join(conditions),
        addressed=ADDRESSED if asks_addressed else "false",
        sop=SOP_REPLY_SECONDS,
    )
    return sql, narrow.parameters(filters)


def _times(filters: Filters) -> list[str]:
    asked = {"c.opened_at >= %(since)s": filters.since, "c.opened_at < %(until)s": filters.until}
    return [sql for sql, moment in asked.items() if moment]
