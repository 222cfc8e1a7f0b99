"""Who works on it."""

import datetime as dt

from django.db import transaction

from crm.cases import states
from crm.cases.actions.ending import hold
from crm.cases.actions.locking import change_state, lock_case, moment, save_and_record
from crm.cases.errors import IllegalTransition
from crm.cases.models import Case
from crm.cases.words import Party, State
from crm.staff.models import Team, User


@transaction.atomic
def assign_case(
    *,
    case: Case,
    by: User | None,
    assignee: User | None = None,
    team: Team | None = None,
    at: dt.datetime | None = None,
    version: int | None = None,
) -> Case:
    """Give the case to a person, to another team, or (assignee None) back to the team's unassigned.

    An escalated case stays where it is held. Raises IllegalTransition, StaleVersion.
    """
    case = lock_case(case, version=version)
    at = moment(case, at)
    if not states.allowed(case.state, "assign"):
        raise IllegalTransition(case.state, "assign")
    was = case.assignee_id
    case.assignee, case.team = assignee, team or case.team
    if assignee is not None and case.state == State.NEW:
        change_state(case, "take_up")
    if case.party == Party.TEAM:
        hold(case, party=Party.TEAM, at=at)
    save_and_record(case, "case.assigned", by=by, at=at, was=was, assignee=assignee and assignee.pk, team=case.team_id)
    return case
