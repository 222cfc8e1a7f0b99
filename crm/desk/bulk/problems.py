"""A problem's message to all, and its one settlement: jobs like every other, that begin when the undo seconds are over.

Nothing has left and nothing is settled until then. What has left cannot be called back: these jobs have no undo.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.actions import reopen_problem, settle_hanging, solve_problem, tell_hanging
from crm.cases.errors import CaseError
from crm.cases.models import Case, Problem
from crm.cases.queries import CaseQuerySet
from crm.desk.bulk.acts import ACTS, BulkAct, Kept
from crm.desk.bulk.errors import CannotUndo
from crm.desk.bulk.jobs import start_job, stop_job
from crm.desk.models import BulkJob, BulkRow
from crm.events.actions import record
from crm.lib.moments import database_now
from crm.messaging.actions import UNDO_SECONDS
from crm.messaging.errors import MessagingError
from crm.staff.models import User


class ToAll(BulkAct):
    """`params`: problem, text, `at` (when it was said: clocks stop then), `key` (of the messages)."""

    permission = "problem.manage"
    can_undo = False
    goes_with_merges = True  # its customer hung on the problem and is to hear of it

    @cached_property
    def problem(self) -> Problem:
        found: Problem = Problem.objects.get(pk=self.params["problem"])
        return found

    def given(self, case: Case, by: User) -> dict[str, Any]:
        at, key = dt.datetime.fromisoformat(self.params["at"]), f"{self.params['key']}:{case.pk}"
        return {"problem": self.problem, "case": case, "text": self.params["text"], "by": by, "at": at, "key": key}

    def keep(self, case: Case) -> Kept:
        return {}

    def stands(self, case: Case, before: Kept) -> bool:
        return False

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        raise CaseError(str(CannotUndo()))


class Tell(ToAll):
    slug, icon, title = "tell", "send", gettext_lazy("Write to all")

    def name(self) -> str:
        return _("Write to all of %(problem)s") % {"problem": self.problem}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        try:
            tell_hanging(**self.given(case, by))
        except MessagingError as error:
            raise CaseError(str(error)) from error
        return case


class Solve(ToAll):
    slug, icon, title = "solve", "check", gettext_lazy("Settle all")

    def name(self) -> str:
        return _("Settle all of %(problem)s") % {"problem": self.problem}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        try:
            settle_hanging(**self.given(case, by))
        except MessagingError as error:
            raise CaseError(str(error)) from error
        return case


# Every door into this package opens with them there.
ACTS.update({act.slug: act for act in (Tell, Solve)})


@transaction.atomic
def tell_all(*, problem: Problem, text: str, by: User, key: str) -> BulkJob:
    """Write to the customers of all open cases that hang on it; one `key`, one job. Raises NothingChosen."""
    if known := _known(by, key):
        return known
    job = _start("tell", problem, cases_of(problem).filter(closed_at__isnull=True), text=text, by=by, key=key)
    record("problem.told", subject=problem, by=by, number=problem.number, cases=job.total, job=job.pk)
    return job


@transaction.atomic
def settle_all(*, problem: Problem, solution: str, text: str, by: User, key: str) -> BulkJob | None:
    """It is solved: tell everybody, settle what runs. None where nothing open hangs on it. Raises ProblemEnded."""
    if known := _known(by, key):
        return known
    problem = solve_problem(problem=problem, solution=solution, by=by)
    cases = cases_of(problem).filter(closed_at__isnull=True)
    return _start("solve", problem, cases, text=text, by=by, key=key) if cases.exists() else None


@transaction.atomic
def take_back(*, job: BulkJob, by: User) -> bool:
    """Stop it. True where nothing was done yet: then a problem that was solved by it is open as before."""
    job = BulkJob.objects.select_for_update().get(pk=job.pk)
    was_running = job.state == BulkJob.State.RUNNING
    stop_job(job=job, by=by)
    # Read after it stopped: a case that was in hand when the undo seconds ended has had its message.
    untouched = was_running and not job.rows.exclude(state=BulkRow.State.SKIPPED).exists()
    if untouched and job.act == Solve.slug:
        reopen_problem(problem=Problem(pk=job.params["problem"]), by=by)
    return untouched


def jobs_of(problem: Problem) -> list[BulkJob]:
    """What was said to all, the newest first."""
    found = BulkJob.objects.filter(act__in=[Tell.slug, Solve.slug], params__problem=problem.pk)
    return list(found.select_related("by")[:20])


def cases_of(problem: Problem) -> CaseQuerySet:
    found: CaseQuerySet = Case.objects.filter(hangs_on__problem=problem)
    return found


def _known(by: User, key: str) -> BulkJob | None:
    return BulkJob.objects.filter(key=f"{by.pk}:{key}"[:40]).first() if key else None


def _start(act: str, problem: Problem, cases: CaseQuerySet, *, text: str, by: User, key: str) -> BulkJob:
    params: Mapping[str, Any] = {
        "problem": problem.pk, "text": text, "at": database_now().isoformat(), "key": f"{act}-{problem.pk}-{key}",
    }  # fmt: skip
    return start_job(by=by, act=act, params=params, cases=cases, key=key, wait=UNDO_SECONDS)
