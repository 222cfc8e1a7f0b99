"""What was not settled yet, and how old it was, at the end of each hour, day or week; the last of them may be now."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Share, Study

# Settled and closed in one column, so that one index (case_ended) finds what had not ended when the time began.
THINGS = """
SELECT c.id || '@' || extract(epoch FROM p.moment)::bigint AS key, c.id AS case_id,
       p.moment - interval '1 microsecond' AS at, NULL::text AS agent,
       CASE WHEN p.moment - c.opened_at <= interval '1 day' THEN 'day'
            WHEN p.moment - c.opened_at <= interval '3 days' THEN 'three'
            WHEN p.moment - c.opened_at <= interval '7 days' THEN 'week' ELSE 'old' END AS what,
       extract(epoch FROM p.moment - c.opened_at)::float8 AS seconds,
       p.moment = %(last_point)s AS is_last
FROM cases_case c
JOIN unnest(%(points)s::timestamptz[]) AS p (moment)
  ON c.opened_at < p.moment AND (coalesce(c.settled_at, c.closed_at) IS NULL
                                 OR coalesce(c.settled_at, c.closed_at) >= p.moment)
WHERE (coalesce(c.settled_at, c.closed_at) >= %(first_point)s OR coalesce(c.settled_at, c.closed_at) IS NULL)
  AND c.opened_at < %(last_point)s
"""

STUDY = Study(
    slug="backlog",
    name=_("Backlog"),
    about=_(
        "Cases not settled, and how old they are: at the end of each day or week, and now. The figures and the table "
        "are of the last moment; a case that was reopened counts as open throughout."
    ),
    icon="stack-2",
    things=THINGS,
    measures=(
        Measure("all", _("Not settled"), _("Opened before that moment, and neither settled nor ended at it.")),
        Measure("day", _("Up to 1 day old"), _("Counted from the customer's first message."), "what = 'day'", "accent"),
        Measure(
            "three", _("1 to 3 days"), _("Counted from the customer's first message."), "what = 'three'", "corporate"
        ),
        Measure(
            "week", _("3 to 7 days"), _("Counted from the customer's first message."), "what = 'week'", "listening"
        ),
        Measure("old", _("Over 7 days"), _("Counted from the customer's first message."), "what = 'old'", "ink"),
    ),
    shares=(Share("old_share", _("Over 7 days, %"), _("Of all that is not settled."), "old", "all"),),
    lengths=(Length("age", _("Age"), _("Since the customer's first message."), "all"),),
    charted=("day", "three", "week", "old"),
    headline=("all", "age", "old", "old_share"),
    whats={"day": _("Up to 1 day old"), "three": _("1 to 3 days"), "week": _("3 to 7 days"), "old": _("Over 7 days")},
    at_word=_("At"),
    seconds_word=_("Age"),
    agent_word=_("who has the case"),
    standing="is_last",
)
