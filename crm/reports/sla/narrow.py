"""Which cases a question is about, but for its time: the same SQL for every report. The alias of the case is `c`."""

from typing import Any

from crm.reports.sla.filters import Filters

TOPS = """tops AS (
    SELECT id, id AS top FROM cases_category WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, tops.top FROM cases_category child JOIN tops ON child.parent_id = tops.id
)"""


def conditions(filters: Filters) -> list[str]:
    """To be joined by AND; they name the parameters below."""
    optional = {
        "c.channel = %(channel)s": filters.channel,
        "lower(c.account) = lower(%(account)s)": filters.account,
        "c.team_id = %(team)s": filters.team,
        "c.category_id IN (SELECT id FROM tops WHERE top = %(category)s OR id = %(category)s)": filters.category,
        "c.tier = %(tier)s": filters.tier,
        "c.kind = %(kind)s": filters.kind,
        "c.priority = %(priority)s": filters.priority,
        "c.tags @> ARRAY[%(tag)s]::varchar[]": filters.tag,
        "c.team_id = ANY(%(only_teams)s)": filters.only_teams is not None,
        "c.channel = %(network)s AND c.account = %(archive_account)s": filters.archive,
    }
    return [
        "c.merged_into_id IS NULL",
        "c.is_archive" if filters.archive else "NOT c.is_archive",
        *(sql for sql, asked in optional.items() if asked),
    ]


def parameters(filters: Filters) -> dict[str, Any]:
    archive = filters.archive
    return {
        "at": filters.at,
        "since": filters.since,
        "until": filters.until,
        "channel": filters.channel,
        "account": filters.account,
        "team": filters.team,
        "category": filters.category,
        "tier": filters.tier,
        "kind": filters.kind,
        "priority": filters.priority,
        "tag": filters.tag,
        "time_zone": filters.time_zone,
        "only_teams": list(filters.only_teams or ()),
        "network": archive and archive.network,
        "archive_account": archive and archive.account,
        "archive_due": archive and archive.end - archive.margin,
    }
