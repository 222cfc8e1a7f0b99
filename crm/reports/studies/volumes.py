"""How much came and went: cases opened and settled, messages in and out."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Measure, Study

THINGS = """
SELECT 'o' || c.id AS key, c.id AS case_id, c.opened_at AS at, NULL::text AS agent, 'opened' AS what,
       NULL::float8 AS seconds
FROM cases_case c
WHERE c.opened_at >= %(since)s AND c.opened_at < %(until)s AND c.state NOT IN ('cancelled', 'rejected')
UNION ALL
SELECT 'd' || c.id, c.id, c.opened_at, NULL, 'dropped', NULL
FROM cases_case c
WHERE c.opened_at >= %(since)s AND c.opened_at < %(until)s AND c.state IN ('cancelled', 'rejected')
UNION ALL
SELECT 's' || c.id, c.id, c.settled_at, NULL, 'settled', NULL
FROM cases_case c
WHERE coalesce(c.settled_at, c.closed_at) >= %(since)s AND coalesce(c.settled_at, c.closed_at) < %(until)s
  AND c.settled_at IS NOT NULL
UNION ALL
SELECT 'm' || i.id, e.case_id, i.at,
       CASE WHEN i.direction = 'out'
            THEN coalesce('staff:' || i.staff_id, 'sign:' || nullif(lower(i.signature), ''), '') END,
       CASE WHEN i.direction = 'in' THEN 'in' WHEN i.by_person THEN 'out' ELSE 'auto' END, NULL
FROM timeline_interaction i JOIN cases_caseinteraction e ON e.interaction_id = i.id
WHERE i.at >= %(since)s AND i.at < %(until)s AND i.voided_at IS NULL
"""

STUDY = Study(
    slug="volumes",
    name=_("Volumes"),
    about=_("What came in and went out, when it did. A message counts on its own day, not on its case's."),
    icon="chart-bar",
    things=THINGS,
    measures=(
        Measure(
            "opened",
            _("Opened"),
            _("Cases by the time of the customer's first message; not cancelled, rejected or merged ones."),
            "what = 'opened'",
        ),
        Measure(
            "settled",
            _("Settled"),
            _("Cases by the time they were settled the last time."),
            "what = 'settled'",
            "corporate",
        ),
        Measure(
            "in",
            _("Messages in"),
            _("Every contact from a customer that lies in a case: messages, calls, visits, letters."),
            "what = 'in'",
            "publicity",
        ),
        Measure(
            "out",
            _("Answers out"),
            _("Every answer by a person; not one that was taken back or refused for good."),
            "what = 'out'",
            "listening",
        ),
        Measure(
            "auto",
            _("Automatic messages"),
            _("Receipts, reminders and the like; they answer nobody."),
            "what = 'auto'",
            "wait",
        ),
        Measure(
            "dropped",
            _("Cancelled or rejected"),
            _("Opened in this time, and no case in the end."),
            "what = 'dropped'",
            "wait",
        ),
    ),
    charted=("opened", "settled", "in", "out"),
    headline=("opened", "settled", "in", "out"),
    whats={
        "opened": _("Opened"),
        "settled": _("Settled"),
        "in": _("Message in"),
        "out": _("Answer out"),
        "auto": _("Automatic message"),
        "dropped": _("Cancelled or rejected"),
    },
    at_word=_("When"),
    agent_word=_("who wrote the answer; for all else, who has the case"),
    stacked=False,
    of_archives=True,
    heat="in",
    first_by="channel",
)
