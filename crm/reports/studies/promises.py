"""What we told customers that we would do, and whether we did."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Share, Study

THINGS = """
SELECT 'p' || p.id AS key, p.case_id, p.due_at AS at, 'staff:' || p.keeper_id AS agent,
       CASE WHEN p.withdrawn_at IS NOT NULL THEN 'withdrawn'
            WHEN p.kept_at <= p.due_at THEN 'kept'
            WHEN p.kept_at IS NOT NULL THEN 'late'
            WHEN p.due_at < %(at)s THEN 'broken' ELSE 'open' END AS what,
       extract(epoch FROM p.kept_at - p.made_at)::float8 AS seconds
FROM cases_promise p
WHERE p.due_at >= %(since)s AND p.due_at < %(until)s
"""

STUDY = Study(
    slug="promises",
    name=_("Promises"),
    about=_("Promises to customers by the time they were due. Kept or broken follows from the times alone."),
    icon="heart-handshake",
    things=THINGS,
    measures=(
        Measure(
            "due",
            _("Fell due"),
            _("Due in this time, the deadline has passed or it was kept before; not withdrawn ones."),
            "what IN ('kept', 'late', 'broken')",
        ),
        Measure("kept", _("Kept in time"), _("Done by the time we gave."), "what = 'kept'", "ok"),
        Measure("late", _("Kept late"), _("Done, but after the time we gave."), "what = 'late'", "publicity"),
        Measure("broken", _("Broken"), _("The time has passed, and it is not done."), "what = 'broken'", "late-fill"),
        Measure("open", _("Still open"), _("Due in this time, later than now."), "what = 'open'", "wait"),
        Measure("withdrawn", _("Withdrawn"), _("Taken back, with a reason."), "what = 'withdrawn'", "wait"),
    ),
    shares=(Share("share", _("Kept, %"), _("Of those that fell due."), "kept", "due"),),
    lengths=(Length("took", _("Kept after"), _("From making it to keeping it."), "kept"),),
    charted=("kept", "late", "broken", "open"),
    headline=("share", "due", "broken", "took"),
    whats={
        "kept": _("Kept in time"),
        "late": _("Kept late"),
        "broken": _("Broken"),
        "open": _("Still open"),
        "withdrawn": _("Withdrawn"),
    },
    at_word=_("Due"),
    seconds_word=_("Kept after"),
    agent_word=_("who keeps it"),
    first_by="agent",
    good=frozenset({"share", "kept"}),
)
