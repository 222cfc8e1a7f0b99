"""Proposes a problem where similar cases gather. Set by set, for any number of workers at once; a person decides.

Alike is what shares place and category, from narrow to wide: a case that stands in a narrower proposal does not count
for a wider one. The place is the case's own, else the customer's city. `likeness` is the proposal's mark: the database
lets one stand at a time, so that two workers propose one thing once, and a "no" is remembered by it and by its cases.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm.cases.models import Gathering, Problem
from crm.events.actions import record

# How many days tell what is usual for a place and a category.
USUAL_DAYS = 28


@dataclass(frozen=True)
class Level:
    """Of which columns of `seen` alike consists. Empty: it does not matter."""

    code: str
    category: str
    place: str


WHERE, SAID = "place", "said_place"
LEVELS = (
    Level("leaf-place", "leaf", WHERE),
    Level("family-place", "family", WHERE),
    Level("place", "NULL::bigint", SAID),
    Level("leaf", "leaf", "''"),
    Level("family", "family", "''"),
)

SEEN = """
SELECT c.id, c.opened_at, c.customer_id, c.category_id AS leaf, coalesce(g.parent_id, g.id) AS family,
       lower(btrim(c.place)) AS said_place, lower(btrim(coalesce(nullif(c.place, ''), u.city))) AS place,
       coalesce(nullif(btrim(c.place), ''), btrim(u.city)) AS shown
FROM cases_case c JOIN customers_customer u ON u.id = c.customer_id LEFT JOIN cases_category g ON g.id = c.category_id
WHERE NOT c.is_archive AND c.merged_into_id IS NULL AND c.state IN ('new', 'open', 'waiting', 'settled')
"""
# A person's no. What lapsed, or went into a problem that was known, has no `ended_by`.
REFUSED = """p.state = 'dismissed' AND p.ended_by_id IS NOT NULL
    AND p.ended_at > %(now)s - make_interval(days => %(remembered)s)"""
# Free: hangs on nothing, nobody said no to it lately, and no other proposal holds it.
FREE = """
AND NOT EXISTS (SELECT FROM cases_problemcase h WHERE h.case_id = s.id)
AND NOT EXISTS (SELECT FROM cases_problem p WHERE s.id = ANY(p.alike) AND (
    p.state = 'proposed' AND p.likeness <> {mark} OR {refused}))
"""
# Nor does it count for anything wider than what was refused: that would ask the same under another name.
NOT_REFUSED = """
AND NOT EXISTS (SELECT FROM cases_problem p WHERE {refused} AND p.why[1] = ANY(%(narrower)s)
    AND (p.category_id IS NULL OR p.category_id IN (s.leaf, s.family))
    AND (p.place = '' OR lower(btrim(p.place)) = s.place))
"""
# Written once by likeness; seen again, it grows.
KEEP = """
INSERT INTO cases_problem (number, state, title, place, category_id, since, likeness, why, alike, opened_at, solution)
SELECT nextval('problem_number'), 'proposed', '', found.shown, found.category, found.since, found.mark, found.why,
       found.ids, %(now)s, ''
FROM found WHERE NOT EXISTS (
    SELECT FROM cases_problem p WHERE p.likeness = found.mark AND {refused})
ORDER BY found.mark
ON CONFLICT (likeness) WHERE (state = 'proposed' AND likeness <> '') DO UPDATE SET
    alike = ARRAY(SELECT DISTINCT unnest(cases_problem.alike || excluded.alike) ORDER BY 1),
    since = least(cases_problem.since, excluded.since)
WHERE NOT cases_problem.alike @> excluded.alike
RETURNING id, number, xmax = 0, cardinality(alike)
"""
# Of `cases` customers within the window, and so many times what is usual for it there.
GATHERED = """
WITH grouped AS (
    SELECT {category} AS category, {place} AS spot, {shown} AS shown, {mark} AS mark,
           array_agg(s.id ORDER BY s.id) AS ids, min(s.opened_at) AS since, count(DISTINCT s.customer_id) AS people
    FROM ({seen} AND c.opened_at > %(now)s - make_interval(hours => %(hours)s) AND c.opened_at <= %(now)s
          AND c.kind IN ('problem', 'complaint', 'question')) s
    WHERE {asked} {free}
    GROUP BY 1, 2, 4 HAVING count(DISTINCT s.customer_id) >= %(cases)s
), usual AS (
    SELECT grouped.mark, count(past.id) / %(usual_days)s::float AS a_day
    FROM grouped LEFT JOIN ({seen} AND c.opened_at <= %(now)s - make_interval(hours => %(hours)s)
        AND c.opened_at > %(now)s - make_interval(hours => %(hours)s, days => %(usual_days)s)
    ) past ON {same}
    GROUP BY 1
), found AS (
    SELECT grouped.*, ARRAY[%(level)s, 'usual:' || round(usual.a_day::numeric, 2)]::varchar[] AS why
    FROM grouped JOIN usual USING (mark)
    WHERE people >= %(times)s * usual.a_day * %(hours)s / 24
)
"""
# One customer, one thing, again and again: looked for only where somebody has complained since the window began.
REPEATED = """
WITH found AS (
    SELECT s.family AS category, mode() WITHIN GROUP (ORDER BY s.shown) AS shown, {mark} AS mark,
           array_agg(s.id ORDER BY s.id) AS ids, min(s.opened_at) AS since, ARRAY['repeated']::varchar[] AS why
    FROM ({seen} AND c.kind IN ('problem', 'complaint') AND c.opened_at <= %(now)s
          AND c.opened_at > %(now)s - make_interval(days => %(repeat_days)s)) s
    WHERE s.family IS NOT NULL AND s.customer_id IN (
        SELECT customer_id FROM cases_case WHERE opened_at > %(now)s - make_interval(hours => %(hours)s)
        AND opened_at <= %(now)s AND NOT is_archive AND kind IN ('problem', 'complaint')) {free}
    GROUP BY s.customer_id, s.family, s.place, 3 HAVING count(*) >= %(repeats)s
)
"""


def rule() -> Gathering:
    return Gathering.objects.filter(pk=1).first() or Gathering(pk=1)


def propose_problems(now: dt.datetime | None = None) -> int:
    """One pass; returns how many new proposals there are. The same again, or beside another worker, adds nothing."""
    given = rule()
    params = {
        "now": now or timezone.now(), "hours": given.hours, "cases": given.cases, "times": given.times_usual,
        "repeats": given.repeats, "repeat_days": given.repeat_days, "remembered": given.remembered_days,
        "usual_days": USUAL_DAYS,
    }  # fmt: skip
    new = 0
    for position, level in enumerate(LEVELS, start=1):
        narrower = [one.code for one in LEVELS[:position]]
        new += _pass(_gathered(level), params | {"level": level.code, "narrower": narrower})
    return new + _pass(_repeated(), params)


@transaction.atomic
def _pass(sql: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql + KEEP.format(refused=REFUSED), params)
        rows = cursor.fetchall()
    fresh = [(pk, number, cases) for pk, number, is_new, cases in rows if is_new]
    for pk, number, cases in fresh:
        record("problem.proposed", subject=Problem(pk=pk), at=params["now"], number=number, cases=cases)
    return len(fresh)


def _gathered(level: Level) -> str:
    category = level.category if level.category.startswith("NULL") else f"s.{level.category}"
    place = level.place if level.place == "''" else f"s.{level.place}"
    mark = f"'gathered|{level.code}|' || coalesce({category}::text, '') || '|' || {place}"
    asked = " AND ".join(
        condition
        for condition, needed in (
            (f"{category} IS NOT NULL", category.startswith("s.")),
            (f"{place} <> ''", place.startswith("s.")),
        )
        if needed
    )
    return GATHERED.format(
        seen=SEEN, free=(FREE + NOT_REFUSED).format(mark=mark, refused=REFUSED), mark=mark, category=category,
        place=place, asked=asked, shown="''" if level.place == "''" else "mode() WITHIN GROUP (ORDER BY s.shown)",
        same=_same(level),
    )  # fmt: skip


def _same(level: Level) -> str:
    """What makes a case of the past weeks one of the group."""
    same = [f"past.{level.category} = grouped.category"] if not level.category.startswith("NULL") else []
    return " AND ".join(same + ([f"past.{level.place} = grouped.spot"] if level.place != "''" else []))


def _repeated() -> str:
    mark = "'repeated|' || s.customer_id || '|' || s.family || '|' || s.place"
    return REPEATED.format(seen=SEEN, free=FREE.format(mark=mark, refused=REFUSED), mark=mark)


@transaction.atomic
def let_lapse(now: dt.datetime | None = None) -> int:
    """A proposal of which no case runs any more is taken back. That is nobody's no."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(LAPSE, {"now": now})
        rows = cursor.fetchall()
    for pk, number in rows:
        record("problem.lapsed", subject=Problem(pk=pk), at=now, number=number)
    return len(rows)


LAPSE = """
UPDATE cases_problem p SET state = 'dismissed', ended_at = %(now)s
WHERE p.state = 'proposed' AND NOT EXISTS (
    SELECT FROM cases_case c WHERE c.id = ANY(p.alike) AND c.state IN ('new', 'open', 'waiting')
    AND NOT EXISTS (SELECT FROM cases_problemcase h WHERE h.case_id = c.id))
RETURNING p.id, p.number
"""
