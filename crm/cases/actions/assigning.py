"""Who works on it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from crm.cases import states
from crm.cases.actions.ending import hold
from crm.cases.actions.locking import change_state, lock_case, moment, save_and_record
from crm.cases.actions.promising import hand_over_promises
from crm.cases.actions.snoozing import end_snooze
from crm.cases.errors import IllegalTransition
from crm.cases.knock import knock_to_hand_out
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
    why: Mapping[str, Any] | None = None,
) -> Case:
    """Give the case to a person, to another team, or (assignee None) back to the team's unassigned.

    An escalated case stays where it is held. `why` says by which rule, for the event: ids and numbers.
    Raises IllegalTransition, StaleVersion.
    """
    case = lock_case(case, version=version)
    give(case, to=assignee, team=team, by=by, at=moment(case, at), **(why or {}))
    return case


@transaction.atomic
def take_back(*, case: Case, why: str, at: dt.datetime | None = None) -> Case:
    """Put it back among its team's unassigned, for its assignee is away or lets it lie. Raises IllegalTransition."""
    case = lock_case(case)
    give(case, to=None, by=None, at=moment(case, at), event="case.taken_back", why=why)
    return case


def give(
    case: Case, *, to: User | None, by: User | None, at: dt.datetime, team: Team | None = None,
    event: str = "case.assigned", **why: Any,
) -> None:  # fmt: skip
    """Whoever has it and where it lies, in a locked case. Back among the unassigned, it is offered at once."""
    if not states.allowed(case.state, "assign"):
        raise IllegalTransition(case.state, "assign")
    was = case.assignee_id
    case.assignee, case.team = to, team or case.team
    if to is not None and case.state == State.NEW:
        change_state(case, "take_up")
    hand_over_promises(case, was=was)
    if to is None or to.pk != case.snoozed_by_id:
        end_snooze(case, at=at, why="assigned", by=by)
    if case.party == Party.TEAM:
        hold(case, party=Party.TEAM, at=at)
    save_and_record(case, event, by=by, at=at, was=was, assignee=to and to.pk, team=case.team_id, **why)
    if to is None:
        transaction.on_commit(knock_to_hand_out)
