"""What was settled and came to life again."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Share, Study

# A reopening begins a settlement clock of a later turn; it follows the last settling before it.
THINGS = """
SELECT 's' || c.id AS key, c.id AS case_id, c.settled_at AS at, NULL::text AS agent, 'settled' AS what,
       NULL::float8 AS seconds
FROM cases_case c
WHERE coalesce(c.settled_at, c.closed_at) >= %(since)s AND coalesce(c.settled_at, c.closed_at) < %(until)s
  AND c.settled_at IS NOT NULL
UNION ALL
SELECT 'r' || k.id, k.case_id, k.started_at, coalesce('staff:' || settling.actor_id, ''),
       CASE WHEN EXISTS (
           SELECT FROM events_event v WHERE v.subject_type = 'case' AND v.subject_id = k.case_id
             AND v.kind = 'case.reopened' AND v.at = k.started_at
       ) THEN 'us' ELSE 'customer' END,
       extract(epoch FROM k.started_at - settling.at)::float8
FROM cases_slaclock k
LEFT JOIN LATERAL (
    SELECT v.at, v.actor_id FROM events_event v
    WHERE v.subject_type = 'case' AND v.subject_id = k.case_id AND v.kind = 'case.settled' AND v.at <= k.started_at
    ORDER BY v.id DESC LIMIT 1
) settling ON true
WHERE k.kind = 'resolution' AND k.turn > 1 AND k.started_at >= %(since)s AND k.started_at < %(until)s
"""
IS_ONE = "what <> 'settled'"

STUDY = Study(
    slug="reopenings",
    name=_("Reopenings"),
    about=_(
        "Cases that were settled and had to be taken up again, by when that was. Suggestions have no settlement clock "
        "and are not counted."
    ),
    icon="rotate-clockwise",
    things=THINGS,
    measures=(
        Measure("all", _("Reopened"), _("Each reopening counts, also of one case."), IS_ONE, "listening"),
        Measure(
            "customer",
            _("by the customer"),
            _("A message came, or an answer turned out not to have arrived."),
            "what = 'customer'",
            "accent",
        ),
        Measure("us", _("by us"), _("A colleague reopened it, with a reason."), "what = 'us'", "corporate"),
        Measure(
            "soon",
            _("within a day"),
            _("Less than 24 hours after it was settled."),
            f"{IS_ONE} AND seconds < 86400",
            "ink",
        ),
        Measure(
            "settled", _("Settled"), _("Cases by the time they were settled the last time."), "what = 'settled'", "wait"
        ),
    ),
    shares=(
        Share(
            "share",
            _("Reopened, of settled, %"),
            _("Reopenings beside what was settled in the same time."),
            "all",
            "settled",
        ),
    ),
    lengths=(Length("after", _("Stayed settled for"), _("From settling to reopening."), "all"),),
    charted=("customer", "us"),
    headline=("all", "share", "soon", "after"),
    whats={"customer": _("Reopened by the customer"), "us": _("Reopened by us"), "settled": _("Settled")},
    at_word=_("When"),
    seconds_word=_("Stayed settled for"),
    agent_word=_("who had settled it"),
)
