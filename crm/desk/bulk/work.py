"""The worker's part: some rows at a time, locked, done, written, committed. Two workers share a job without meeting."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from crm.cases.actions import put_case_back
from crm.cases.errors import CaseError
from crm.cases.models import Case
from crm.desk.bulk.acts import ACTS, BulkAct
from crm.desk.bulk.language import in_language_of
from crm.desk.merged import standing
from crm.desk.models import BulkJob, BulkRow
from crm.events.actions import record
from crm.lib.failure import place
from crm.lib.moments import database_now
from crm.staff.access import may
from crm.staff.models import User

log = logging.getLogger(__name__)
BATCH = 20  # cases locked at once: somebody who opens one of them waits for a fraction of a second
LONGEST = 20.0  # seconds after which others on the queue have their turn
Job, Row = BulkJob.State, BulkRow.State


@dataclass(frozen=True)
class Turn:
    """What is next for a row in this state of the job, and where the job ends."""

    takes: str
    take: Callable[[BulkRow, Case, BulkAct, User], None]
    ends: str


def run(job_id: int, *, longest: float = LONGEST) -> bool:
    """Work until nothing is left to do (True) or the time is up (False)."""
    until = time.monotonic() + longest
    while do_some(job_id):
        if time.monotonic() > until:
            return False
    finish(job_id)
    return True


@transaction.atomic
def do_some(job_id: int) -> int:
    """One batch; returns how many rows it took."""
    job = BulkJob.objects.select_related("by").get(pk=job_id)
    turn = TURNS.get(job.state)
    if turn is None or job.began_at > database_now():  # its undo seconds run
        return 0
    rows = list(job.rows.filter(state=turn.takes).order_by("id").select_for_update(skip_locked=True)[:BATCH])
    if not rows:
        return 0
    act = ACTS[job.act](job.params)
    if act.goes_with_merges:
        _go_with_merges(rows)
    act.lock_first()
    cases = _locked([row.case_id for row in rows])
    with in_language_of(job.by):
        for row in rows:
            turn.take(row, cases[row.case_id], act, job.by)
    BulkRow.objects.bulk_update(rows, ["state", "said", "before", "version"])
    BulkJob.objects.filter(pk=job_id).update(moved_at=database_now())
    return len(rows)


def _go_with_merges(rows: list[BulkRow]) -> None:
    """Each row on to the case in which its matter lies now, unless that has a row of its own (bulk_once_a_case)."""
    merged = Case.objects.filter(pk__in=[row.case_id for row in rows], merged_into__isnull=False).in_bulk()
    for row in rows:
        if row.case_id not in merged:
            continue
        was, row.case_id = row.case_id, standing(merged[row.case_id]).pk
        try:
            with transaction.atomic():
                row.save(update_fields=["case"])
        except IntegrityError:
            row.case_id = was


def _locked(case_ids: list[int]) -> dict[int, Case]:
    """By id, as every act that locks several: two of them cannot wait for each other."""
    return {
        case.pk: case for case in Case.objects.select_for_update(no_key=True).filter(pk__in=case_ids).order_by("pk")
    }


def _do(row: BulkRow, case: Case, act: BulkAct, by: User) -> None:
    seen, row.before = row.before, act.keep(case)
    _try(row, case, act, by, lambda: act.do(case, by, seen), done=Row.DONE, refused=Row.SKIPPED)


def _undo(row: BulkRow, case: Case, act: BulkAct, by: User) -> None:
    if case.version != row.version and not act.stands(case, row.before):
        row.state, row.said = Row.KEPT, _("Somebody changed it meanwhile.")
    else:
        _try(row, case, act, by, lambda: _given_back(row, case, act, by), done=Row.UNDONE, refused=Row.KEPT)


def _given_back(row: BulkRow, case: Case, act: BulkAct, by: User) -> Case:
    """To the very state it had, clocks and all, where nothing was done since; else what this job changed."""
    picture = row.before.get("picture")
    if picture is not None and row.version is not None and case.version == row.version:
        return put_case_back(case=case, act=act.slug, picture=picture, by=by, version=row.version)
    return act.undo(case, by, row.before)


def _try(
    row: BulkRow, case: Case, act: BulkAct, by: User, deed: Callable[[], Case], *, done: str, refused: str
) -> None:
    """A refusal is the row's answer, whatever it is: one case never holds up the rest. Only the database being away is
    nobody's fault, and ends the batch as if it had not begun."""
    try:
        if not may(by, act.permission, case):
            raise CaseError(_("Your role does not allow this here."))
        row.version = deed().version
        row.state, row.said = done, ""
    except CaseError as error:
        row.state, row.said = refused, str(error)[:200]
    except OperationalError:
        raise
    except Exception as error:
        log.error("bulk row failed", extra={"row": row.pk, "failure": place(error)})
        row.state, row.said = refused, _("A fault of ours. It was left as it is.")


TURNS: dict[str, Turn] = {Job.RUNNING: Turn(Row.WAITING, _do, Job.DONE), Job.UNDOING: Turn(Row.DONE, _undo, Job.UNDONE)}


@transaction.atomic
def finish(job_id: int) -> None:
    """When no row waits, the job is over, and its owner hears of it once. What another worker still holds, it ends."""
    job = BulkJob.objects.select_for_update().select_related("by").get(pk=job_id)
    turn = TURNS.get(job.state)
    if turn is None or job.rows.filter(state=turn.takes).exists():
        return
    job.state, job.ended_at = turn.ends, database_now()
    job.save()
    record("bulk.ended", subject=job, at=job.ended_at, owner=job.by_id, state=job.state)
