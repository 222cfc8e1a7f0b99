"""Problems: one underlying cause, and the cases that hang on it (SOP 8)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from crm.cases.actions.locking import lock_case
from crm.cases.errors import CaseEnded, HangsElsewhere, NothingToSend, ProblemEnded, TitleMissing
from crm.cases.models import Case, Category, Problem, ProblemCase, ProblemNote
from crm.events.actions import record
from crm.staff.models import Division, User

EDITABLE = ("title", "place", "category", "since", "division", "owner")


@transaction.atomic
def open_problem(
    *,
    title: str,
    by: User,
    place: str = "",
    category: Category | None = None,
    since: dt.datetime | None = None,
    division: Division | None = None,
    owner: User | None = None,
    cases: Iterable[Case] = (),
    at: dt.datetime | None = None,
) -> Problem:
    """Say that there is one cause, and hang `cases` on it. Raises TitleMissing, and what hang_case raises."""
    at = at or timezone.now()
    if not title.strip():
        raise TitleMissing
    problem = Problem.objects.create(
        title=title.strip(), place=place.strip(), category=category, since=since or at, division=division,
        owner=owner or by, opened_at=at, opened_by=by,
    )  # fmt: skip
    problem.refresh_from_db(fields=["number"])
    hung = [_hang(problem, case, by=by, at=at) for case in in_order(cases)]
    record("problem.opened", subject=problem, by=by, at=at, number=problem.number, cases=len(hung))
    return problem


@transaction.atomic
def edit_problem(*, problem: Problem, by: User, at: dt.datetime | None = None, **changes: Any) -> Problem:
    """What is wrong, where, since when, whose it is. Raises TitleMissing, ProblemEnded for what was dismissed."""
    problem = lock_problem(problem, Problem.State.PROPOSED, Problem.State.OPEN, Problem.State.SOLVED)
    changed = [name for name in EDITABLE if name in changes and getattr(problem, name) != changes[name]]
    for name in changed:
        setattr(problem, name, changes[name])
    if not problem.title.strip() and problem.state != Problem.State.PROPOSED:
        raise TitleMissing
    if changed:
        problem.save()
        record("problem.edited", subject=problem, by=by, at=at, number=problem.number, fields=changed)
    return problem


@transaction.atomic
def hang_case(
    *, problem: Problem, case: Case, by: User, at: dt.datetime | None = None, version: int | None = None
) -> ProblemCase:
    """The case comes from this problem. Said twice, it changes nothing.

    Raises ProblemEnded, StaleVersion, CaseEnded, HangsElsewhere. Locks the problem, then the case, as all here do.
    """
    problem = lock_problem(problem, Problem.State.OPEN)
    at = at or timezone.now()
    if version is not None:
        case = lock_case(case, version=version)
    if known := ProblemCase.objects.filter(case=case.pk, problem=problem).first():
        return known
    hanging = _hang(problem, case, by=by, at=at)
    record("problem.grew", subject=problem, by=by, at=at, number=problem.number, cases=1)
    return hanging


@transaction.atomic
def hang_cases(*, problem: Problem, cases: Iterable[Case], by: User, at: dt.datetime | None = None) -> int:
    """Many at once; those that hang there already are passed over. Returns how many came. Raises as hang_case does."""
    problem = lock_problem(problem, Problem.State.OPEN)
    at = at or timezone.now()
    there = set(problem.hanging.values_list("case_id", flat=True))
    hung = [_hang(problem, case, by=by, at=at) for case in in_order(cases) if case.pk not in there]
    if hung:
        record("problem.grew", subject=problem, by=by, at=at, number=problem.number, cases=len(hung))
    return len(hung)


@transaction.atomic
def take_off(*, case: Case, by: User, at: dt.datetime | None = None, version: int | None = None) -> Case:
    """The case has another cause after all. Off no problem, nothing changes. Raises StaleVersion."""
    hanging = ProblemCase.objects.filter(case=case.pk).first()
    if hanging is None:
        return lock_case(case, version=version)
    problem = Problem.objects.select_for_update(no_key=True).get(pk=hanging.problem_id)
    case = lock_case(case, version=version)
    if ProblemCase.objects.filter(case=case.pk, problem=problem).delete()[0]:
        record("case.taken_off", subject=case, customer_id=case.customer_id, by=by, at=at, number=problem.number)
        record("problem.shrank", subject=problem, by=by, at=at, number=problem.number, which=case.number)
    return case


@transaction.atomic
def note_on(*, problem: Problem, text: str, by: User, at: dt.datetime | None = None) -> ProblemNote:
    """A word to each other about it; in any state. Raises NothingToSend."""
    if not text.strip():
        raise NothingToSend
    note = ProblemNote.objects.create(problem=problem, author=by, text=text.strip(), at=at or timezone.now())
    record("problem.noted", subject=problem, by=by, at=note.at, number=problem.number, note=note.pk)
    return note


@transaction.atomic
def solve_problem(*, problem: Problem, solution: str, by: User, at: dt.datetime | None = None) -> Problem:
    """It is gone. Its cases are settled one by one (`settle_hanging`), each judged by itself. Raises ProblemEnded."""
    problem = lock_problem(problem, Problem.State.OPEN)
    problem.state, problem.solution = Problem.State.SOLVED, solution.strip()
    problem.ended_at, problem.ended_by = at or timezone.now(), by
    problem.save()
    record("problem.solved", subject=problem, by=by, at=problem.ended_at, number=problem.number)
    return problem


@transaction.atomic
def reopen_problem(*, problem: Problem, by: User, at: dt.datetime | None = None) -> Problem:
    """It was not gone. The cases settled with it stay as they are; who writes again reopens their own."""
    problem = lock_problem(problem, Problem.State.SOLVED)
    problem.state, problem.ended_at, problem.ended_by = Problem.State.OPEN, None, None
    problem.save()
    record("problem.reopened", subject=problem, by=by, at=at, number=problem.number)
    return problem


def lock_problem(problem: Problem, *states: str) -> Problem:
    """A fresh, locked copy that is in one of `states`. Raises ProblemEnded.

    NO KEY UPDATE: rows that refer to it may be written meanwhile.
    """
    locked: Problem = Problem.objects.select_for_update(no_key=True).annotate(locked_at=Now()).get(pk=problem.pk)
    if locked.state not in states:
        raise ProblemEnded
    return locked


def in_order(cases: Iterable[Case]) -> list[Case]:
    """By id: two people who hang overlapping cases do not wait for each other."""
    return sorted(cases, key=lambda case: case.pk)


def _hang(problem: Problem, case: Case, *, by: User, at: dt.datetime) -> ProblemCase:
    case = lock_case(case)
    if case.closed_at is not None:
        raise CaseEnded
    if other := ProblemCase.objects.filter(case=case).exclude(problem=problem).first():
        raise HangsElsewhere(other.problem)
    hanging, new = ProblemCase.objects.get_or_create(case=case, defaults={"problem": problem, "by": by, "at": at})
    if new:
        record("case.hung", subject=case, customer_id=case.customer_id, by=by, at=at, number=problem.number)
    return hanging
