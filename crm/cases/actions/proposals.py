"""What the proposer found: a person says yes, no, or that it belongs to a problem that is known."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.problems import edit_problem, hang_cases, in_order, lock_problem
from crm.cases.errors import TitleMissing
from crm.cases.models import Case, Problem
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def accept_proposal(
    *, problem: Problem, cases: Iterable[Case], by: User, at: dt.datetime | None = None, **changes: Any
) -> Problem:
    """One problem: it is open, and `cases` hang on it. `changes` as edit_problem takes them; a title is needed.

    Raises TitleMissing, ProblemEnded (a colleague decided meanwhile), CaseEnded, HangsElsewhere.
    """
    problem = lock_problem(problem, Problem.State.PROPOSED)
    at = at or timezone.now()
    problem = edit_problem(problem=problem, by=by, at=at, **{"owner": by, **changes})
    if not problem.title.strip():
        raise TitleMissing
    problem.state, problem.opened_at, problem.opened_by = Problem.State.OPEN, at, by
    problem.save()
    chosen = in_order(cases)
    record("problem.accepted", subject=problem, by=by, at=at, number=problem.number, cases=len(chosen))
    hang_cases(problem=problem, cases=chosen, by=by, at=at)
    return problem


@transaction.atomic
def add_to_known(
    *, problem: Problem, known: Problem, cases: Iterable[Case], by: User, at: dt.datetime | None = None
) -> Problem:
    """The proposal's cases belong to a problem that is open already; returns that one. Raises as hang_cases does."""
    at = at or timezone.now()
    first, second = sorted([problem, known], key=lambda one: one.pk)
    for one in (first, second):
        lock_problem(one, Problem.State.PROPOSED if one.pk == problem.pk else Problem.State.OPEN)
    hang_cases(problem=known, cases=cases, by=by, at=at)
    end_proposal(problem, at=at)
    record("problem.dismissed", subject=problem, by=by, at=at, number=problem.number, into=known.number)
    return known


@transaction.atomic
def dismiss_proposal(*, problem: Problem, by: User, at: dt.datetime | None = None) -> Problem:
    """Not one problem. The same is not proposed again for thirty days. Raises ProblemEnded."""
    lock_problem(problem, Problem.State.PROPOSED)
    at = at or timezone.now()
    record("problem.dismissed", subject=problem, by=by, at=at, number=problem.number)
    return end_proposal(problem, refused_by=by, at=at)


def end_proposal(problem: Problem, *, at: dt.datetime, refused_by: User | None = None) -> Problem:
    """`refused_by` makes it a no, which the proposer remembers."""
    problem.state, problem.ended_at, problem.ended_by = Problem.State.DISMISSED, at, refused_by
    problem.save(update_fields=["state", "ended_at", "ended_by"])
    return problem
