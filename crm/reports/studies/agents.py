"""Who did what."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Study

THINGS = """
SELECT 'm' || i.id AS key, e.case_id, i.at, 'staff:' || i.staff_id AS agent,
       CASE WHEN i.is_public THEN 'public' ELSE 'private' END AS what, NULL::float8 AS seconds
FROM timeline_interaction i JOIN cases_caseinteraction e ON e.interaction_id = i.id
WHERE i.at >= %(since)s AND i.at < %(until)s AND i.direction = 'out' AND i.by_person AND i.voided_at IS NULL
  AND i.staff_id IS NOT NULL
UNION ALL
SELECT 's' || c.id, c.id, c.settled_at, 'staff:' || c.assignee_id, 'settled',
       extract(epoch FROM c.settled_at - c.opened_at)::float8
FROM cases_case c
WHERE coalesce(c.settled_at, c.closed_at) >= %(since)s AND coalesce(c.settled_at, c.closed_at) < %(until)s
  AND c.settled_at IS NOT NULL AND c.assignee_id IS NOT NULL
UNION ALL
SELECT 'h' || h.id, h.case_id, h.since, 'staff:' || h.user_id, 'taken', NULL
FROM cases_holding h
JOIN LATERAL (
    SELECT p.user_id FROM cases_holding p WHERE p.case_id = h.case_id AND p.id < h.id ORDER BY p.id DESC LIMIT 1
) was ON was.user_id IS DISTINCT FROM h.user_id
WHERE h.since >= %(since)s AND h.since < %(until)s AND h.user_id IS NOT NULL
UNION ALL
SELECT 'n' || n.id, n.case_id, n.at, 'staff:' || n.author_id, 'note', NULL
FROM cases_note n
WHERE n.at >= %(since)s AND n.at < %(until)s AND n.author_id IS NOT NULL
"""

STUDY = Study(
    slug="agents",
    name=_("Agents' work"),
    about=_("What each person did in this time. How fast they answered stands in the SLA report."),
    icon="users",
    things=THINGS,
    measures=(
        Measure(
            "answers",
            _("Answers given"),
            _("Answers to customers, public and private; not those taken back."),
            "what IN ('public', 'private')",
        ),
        Measure("public", _("in public"), _("Answers that everybody reads."), "what = 'public'", "publicity"),
        Measure("settled", _("Settled"), _("Cases settled while this person had them."), "what = 'settled'", "ok"),
        Measure(
            "taken", _("Received"), _("Cases that this person took up or was given."), "what = 'taken'", "publicity"
        ),
        Measure("notes", _("Notes"), _("Internal notes, reasons among them."), "what = 'note'", "wait"),
    ),
    lengths=(Length("took", _("Settled after"), _("From the customer's first message."), "settled"),),
    charted=("answers", "settled", "taken"),
    headline=("answers", "settled", "taken", "took"),
    whats={
        "public": _("Public answer"),
        "private": _("Private answer"),
        "settled": _("Settled"),
        "taken": _("Received"),
        "note": _("Note"),
    },
    at_word=_("When"),
    seconds_word=_("Settled after"),
    agent_word=_("who did it"),
    stacked=False,
    first_by="agent",
    good=frozenset({"answers", "settled"}),
)
