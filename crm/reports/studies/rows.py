"""The one query of a report: its things, narrowed to the reader's cases, with every dimension they can be parted by."""

import datetime as dt
from typing import Any

from crm.reports.sla import narrow
from crm.reports.sla.filters import Filters
from crm.reports.studies.moments import points, step
from crm.reports.studies.study import Study

# The division is the one that has the case, else the one its category is for.
ROWS = """
WITH RECURSIVE {tops}, things AS ({things}), raw AS (
    SELECT t.key, t.case_id, t.at, t.what, t.seconds{extra},
           nullif(coalesce(t.agent, 'staff:' || c.assignee_id), '') AS agent,
           c.channel, c.team_id, coalesce(c.division_id, about.division_id) AS division_id, tops.top AS category_id,
           c.kind, c.tier, c.priority, c.tags{tag}, t.at AT TIME ZONE %(time_zone)s AS local
    FROM things t
    JOIN cases_case c ON c.id = t.case_id
    LEFT JOIN cases_category about ON about.id = c.category_id
    LEFT JOIN tops ON tops.id = c.category_id{tagged}
    WHERE {where}
), rows AS (
    SELECT raw.*, local::date AS day, date_trunc('week', local)::date AS week,
           extract(isodow FROM local)::int AS weekday, extract(hour FROM local)::int AS hour
    FROM raw
)
"""
TAGGED = "\n    LEFT JOIN LATERAL unnest(c.tags) AS one (tag) ON true"
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def rows(study: Study, filters: Filters, *, by_tag: bool = False) -> tuple[str, dict[str, Any]]:
    """The WITH clause that ends in `rows`, and its parameters. By tag, a case with two tags has two rows."""
    sql = ROWS.format(
        tops=narrow.TOPS,
        things=study.things,
        extra="".join(f", t.{name}" for name in _extra(study)),
        tag=", one.tag" if by_tag else "",
        tagged=TAGGED if by_tag else "",
        where=" AND ".join(narrow.conditions(filters)),
    )
    return sql, narrow.parameters(filters) | _times(filters)


def _extra(study: Study) -> list[str]:
    return [*(["is_last"] if study.standing else []), *(["pair"] if study.has_pairs else [])]


def _times(filters: Filters) -> dict[str, Any]:
    since, until = filters.since or LONG_AGO, filters.until or filters.at
    moments = points(since, until, filters.at, filters.time_zone, step(since, until))
    return {
        "since": since,
        "until": until,
        "points": moments,
        "first_point": moments[0],
        "last_point": moments[-1],
    }
