"""Who talked in which calls: a spell goes from the answer of an agent to their transfer or the end.

Of a call that was handed on each has their own spell. The wrap-up is owed by whoever talked last.
"""

import datetime as dt
import re
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils import timezone

# `spell`: of the agents %(agents)s, answered from %(since)s to before %(until)s; `mine`: theirs is the wrap-up.
SPELLS = """
WITH taken AS (
    SELECT e.call_id, e.at, coalesce(e.agent_id, rang.agent_id) AS agent_id, over.at AS until, over.kind AS how
    FROM calls_call c
    JOIN calls_callevent e ON e.call_id = c.id AND e.kind = 'answered' AND e.at >= %(since)s AND e.at < %(until)s
    LEFT JOIN LATERAL (
        SELECT r.agent_id FROM calls_callevent r
        WHERE r.call_id = e.call_id AND r.kind IN ('ringing', 'transferred') AND r.agent_id IS NOT NULL AND r.at <= e.at
        ORDER BY r.at DESC, r.id DESC LIMIT 1
    ) rang ON true
    LEFT JOIN LATERAL (
        SELECT o.at, o.kind FROM calls_callevent o
        WHERE o.call_id = e.call_id AND o.kind IN ('transferred', 'ended') AND o.at >= e.at
        ORDER BY o.at, o.id LIMIT 1
    ) over ON true
    WHERE c.began_at >= %(since)s - interval '1 day' AND c.began_at < %(until)s
),
first AS (
    SELECT DISTINCT ON (call_id, agent_id, until) * FROM taken WHERE agent_id = ANY(%(agents)s)
    ORDER BY call_id, agent_id, until, at
),
spell AS (
    SELECT s.*, m.mine, m.mine AND c.wrapped_at IS NULL AS owes, c.ended_at, c.wrapped_at
    FROM first s JOIN calls_call c ON c.id = s.call_id,
    LATERAL (SELECT s.how = 'ended' AND c.state = 'ended' AND c.agent_id = s.agent_id AS mine) m
)
"""
PARTS = {"answered": "TRUE", "transferred": "how = 'transferred'", "waiting": "owes"}


def asked(agents: list[int], since: dt.date, until: dt.date) -> dict[str, Any]:
    """The parameters of SPELLS: days of the reader's zone, both included."""
    zone = timezone.get_current_timezone()
    first, last = (dt.datetime.combine(day, dt.time(), zone) for day in (since, until + dt.timedelta(days=1)))
    return {"agents": agents, "since": first, "until": last}


def calls_in(part: str, agents: list[int], since: dt.date, until: dt.date) -> RawSQL:
    """Ids of the calls that these agents answered, transferred or have not wrapped up."""
    sql, said = f"{SPELLS} SELECT call_id FROM spell WHERE {PARTS[part]}", asked(agents, since, until)
    names = re.findall(r"%\((\w+)\)s", sql)
    return RawSQL(re.sub(r"%\(\w+\)s", "%s", sql), [said[name] for name in names])
