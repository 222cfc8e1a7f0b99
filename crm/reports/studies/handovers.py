"""How often a case changed hands."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Study

PLACE = """CASE {h}.party WHEN 'team' THEN 't' || coalesce({h}.team_id::text, '')
                          WHEN 'division' THEN 'd' || {h}.division_id ELSE {h}.party END"""
THINGS = f"""
SELECT 'h' || h.id AS key, h.case_id, h.since AS at, coalesce('staff:' || was.user_id, '') AS agent,
       CASE WHEN h.party <> 'team' THEN 'up'
            WHEN was.party <> 'team' THEN 'back'
            WHEN h.team_id IS DISTINCT FROM was.team_id THEN 'team'
            WHEN was.user_id IS NULL THEN 'taken'
            WHEN h.user_id IS NULL THEN 'returned' ELSE 'person' END AS what,
       extract(epoch FROM h.since - was.since)::float8 AS seconds,
       {PLACE.format(h="was")} || '>' || {PLACE.format(h="h")} AS pair
FROM cases_holding h
JOIN LATERAL (
    SELECT p.* FROM cases_holding p WHERE p.case_id = h.case_id AND p.id < h.id ORDER BY p.id DESC LIMIT 1
) was ON (h.party, h.team_id, h.division_id, h.user_id)
         IS DISTINCT FROM (was.party, was.team_id, was.division_id, was.user_id)
WHERE h.since >= %(since)s AND h.since < %(until)s
"""

STUDY = Study(
    slug="handovers",
    name=_("Handovers"),
    about=_(
        "How often a case changed its holder, and between whom. Taking a case from one's team's queue is shown apart "
        "and is no handover."
    ),
    icon="transfer",
    things=THINGS,
    measures=(
        Measure("all", _("Handovers"), _("From one person, team or party to another."), "what <> 'taken'"),
        Measure(
            "person", _("between colleagues"), _("From one person to another of the same team."), "what = 'person'"
        ),
        Measure("team", _("between teams"), _("To another team."), "what = 'team'", "corporate"),
        Measure("up", _("escalated"), _("To a supervisor, service quality or a division."), "what = 'up'", "listening"),
        Measure(
            "back",
            _("handed back"),
            _("From a supervisor, service quality or a division to the team."),
            "what = 'back'",
            "publicity",
        ),
        Measure("returned", _("put back"), _("From a person to the team's queue."), "what = 'returned'", "ink"),
        Measure("taken", _("Taken up"), _("From the team's queue to a person; no handover."), "what = 'taken'", "wait"),
    ),
    lengths=(Length("held", _("Held before"), _("How long the one before had it."), "all"),),
    charted=("person", "team", "up", "back", "returned"),
    headline=("all", "team", "up", "held"),
    whats={
        "person": _("between colleagues"),
        "team": _("between teams"),
        "up": _("escalated"),
        "back": _("handed back"),
        "returned": _("put back"),
        "taken": _("Taken up"),
    },
    at_word=_("When"),
    seconds_word=_("Held before"),
    agent_word=_("who gave it away"),
    has_pairs=True,
    first_by="pair",
)
