"""Asking for a bulk action, stopping it, and asking for its undo."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.cases.queries import CaseQuerySet
from crm.desk.bulk.acts import ACTS
from crm.desk.bulk.errors import CannotUndo, NothingChosen, TooMany
from crm.desk.bulk.knock import knock
from crm.desk.bulk.language import in_language_of
from crm.desk.models import BulkJob, BulkRow
from crm.events.actions import record
from crm.lib.moments import database_now
from crm.staff.access import require
from crm.staff.models import User

MOST = 50_000
UNDO_FOR = dt.timedelta(hours=1)

# In the order of ids, in which every act that locks several cases locks them. What a colleague does until a case's turn
# comes is told by what it had now.
FILL = """
INSERT INTO desk_bulkrow (job_id, case_id, state, said, before)
SELECT %s, found.id, 'waiting', '', jsonb_build_object('assignee', found.assignee_id)
FROM ({cases}) AS found ORDER BY found.id LIMIT %s ON CONFLICT DO NOTHING
"""


@transaction.atomic
def start_job(
    *,
    by: User,
    act: str,
    params: Mapping[str, Any],
    cases: CaseQuerySet,
    query: Mapping[str, Any] | None = None,
    key: str = "",
    wait: float = 0,
) -> BulkJob:
    """Do `act` (bulk/acts.py says with which params) with each of `cases`, in the background, in the name of `by`.

    `cases` are counted and written down now; each is checked again, for rights too, when its turn comes. `query` is
    the search they came from, `key` one press of a button: pressed twice it is one job. It begins after
    `wait` seconds; until then stop_job leaves nothing behind. Raises PermissionDenied, NothingChosen, TooMany.
    """
    require(by, "bulk.run")
    require(by, ACTS[act].permission)
    job, is_new = BulkJob.objects.get_or_create(
        key=f"{by.pk}:{key or uuid.uuid4().hex}"[:40],
        defaults={"by": by, "act": act, "params": dict(params), "query": dict(query or {})},
    )
    if is_new:
        job.total = _fill(job, cases)
        job.began_at = job.moved_at = database_now() + dt.timedelta(seconds=wait)
        job.save()
        record("bulk.started", subject=job, by=by, act=act, total=job.total)
        transaction.on_commit(lambda: knock(job.pk, after=wait))
    return job


def _fill(job: BulkJob, cases: CaseQuerySet) -> int:
    try:
        sql, params = cases.order_by().values("id", "assignee_id").query.sql_with_params()
    except EmptyResultSet:
        raise NothingChosen from None
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(cases=sql), [job.pk, *params, MOST + 1])
        total = cursor.rowcount
    if total == 0:
        raise NothingChosen
    if total > MOST:
        raise TooMany
    return total


@transaction.atomic
def stop_job(*, job: BulkJob, by: User) -> BulkJob:
    """What has not had its turn is left as it is; what is done stays done, and can be undone."""
    job = BulkJob.objects.select_for_update().get(pk=job.pk)
    if job.state == BulkJob.State.RUNNING:
        waiting = job.rows.filter(state=BulkRow.State.WAITING).select_for_update(skip_locked=True).values("pk")
        with in_language_of(job.by):
            said = _("Stopped before its turn.")
        BulkRow.objects.filter(pk__in=waiting).update(state=BulkRow.State.SKIPPED, said=said)
        record("bulk.stopped", subject=job, by=by)
        transaction.on_commit(lambda: knock(job.pk))
    return job


@transaction.atomic
def undo_job(*, job: BulkJob, by: User) -> BulkJob:
    """Give each case back what it had, unless somebody changed it since. Raises CannotUndo."""
    job = BulkJob.objects.select_for_update().get(pk=job.pk)
    if not may_undo(job, timezone.now()):
        raise CannotUndo
    job.state, job.ended_at = BulkJob.State.UNDOING, None
    job.began_at = job.moved_at = database_now()
    job.save()
    record("bulk.undo_asked", subject=job, by=by)
    transaction.on_commit(lambda: knock(job.pk))
    return job


def may_undo(job: BulkJob, at: dt.datetime) -> bool:
    if not ACTS[job.act].can_undo or job.ended_at is None:
        return False
    return job.state == BulkJob.State.DONE and at - job.ended_at < UNDO_FOR
