"""Settled with one answer, and it stayed so."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Share, Study

THINGS = """
SELECT 's' || c.id AS key, c.id AS case_id, c.settled_at AS at, NULL::text AS agent,
       CASE WHEN c.outcome = 'no_answer' THEN 'silent'
            WHEN c.reopened > 0 THEN 'reopened'
            WHEN answers.number > 1 THEN 'more'
            WHEN again.came THEN 'again'
            WHEN c.settled_at > %(at)s - interval '7 days' THEN 'open'
            ELSE 'first' END AS what,
       extract(epoch FROM c.settled_at - c.opened_at)::float8 AS seconds
FROM cases_case c
CROSS JOIN LATERAL (
    SELECT count(*) AS number
    FROM cases_caseinteraction e JOIN timeline_interaction i ON i.id = e.interaction_id
    WHERE e.case_id = c.id AND i.direction = 'out' AND i.by_person AND i.voided_at IS NULL
) answers
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM cases_caseinteraction e JOIN timeline_interaction i ON i.id = e.interaction_id
        WHERE e.case_id = c.id AND i.direction = 'in' AND i.at > c.settled_at
          AND i.at <= c.settled_at + interval '7 days'
    ) OR EXISTS (
        SELECT FROM cases_case o
        WHERE o.customer_id = c.customer_id AND o.id <> c.id AND o.category_id = c.category_id
          AND o.opened_at > c.settled_at AND o.opened_at <= c.settled_at + interval '7 days'
          AND o.state NOT IN ('cancelled', 'rejected')
    ) AS came
) again
WHERE coalesce(c.settled_at, c.closed_at) >= %(since)s AND coalesce(c.settled_at, c.closed_at) < %(until)s
  AND c.settled_at IS NOT NULL
"""

STUDY = Study(
    slug="first-contact",
    name=_("First contact"),
    about=_("Cases settled with a single answer that the customer did not have to come back for."),
    icon="target-arrow",
    things=THINGS,
    measures=(
        Measure("settled", _("Settled"), _("Cases by the time they were settled the last time."), tone="wait"),
        Measure(
            "first",
            _("At first contact"),
            _(
                "One answer by a person, not reopened, and within 7 days neither a message in the case nor a new "
                "case of the same customer and category. What was settled less than 7 days ago counts as long as "
                "nothing came."
            ),
            "what IN ('first', 'open')",
            "ok",
        ),
        Measure(
            "open",
            _("of these, not final"),
            _("Settled less than 7 days ago: a contact may still come."),
            "what = 'open'",
            "corporate",
        ),
        Measure("more", _("Several answers"), _("More than one answer by a person."), "what = 'more'"),
        Measure(
            "reopened", _("Reopened"), _("Settled, reopened, and settled again."), "what = 'reopened'", "listening"
        ),
        Measure(
            "again",
            _("Came back"),
            _("A message in the case, or a new case of the same customer and category, within 7 days."),
            "what = 'again'",
            "ink",
        ),
        Measure(
            "silent",
            _("No answer from the customer"),
            _("Settled because the customer stayed silent; no first contact."),
            "what = 'silent'",
            "wait",
        ),
    ),
    shares=(Share("share", _("At first contact, %"), _("Of all that was settled."), "first", "settled"),),
    lengths=(
        Length(
            "took", _("Settled after"), _("From the customer's first message, for those at first contact."), "first"
        ),
    ),
    charted=("first", "more", "reopened", "again", "silent"),
    headline=("share", "first", "open", "took"),
    whats={
        "first": _("At first contact"),
        "open": _("At first contact, not final"),
        "more": _("Several answers"),
        "reopened": _("Reopened"),
        "again": _("Came back"),
        "silent": _("No answer from the customer"),
    },
    at_word=_("Settled"),
    seconds_word=_("Settled after"),
    agent_word=_("who has the case"),
    good=frozenset({"share", "first", "settled"}),
)
