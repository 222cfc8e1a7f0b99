"""Trying a draft on what has happened: begun by a supervisor, counted in steps by whoever gets to it."""

import datetime as dt
import logging

from celery import current_app
from django.db import OperationalError, transaction
from django.utils import timezone

from crm.cases.foresight.counting import Rows, count, next_rows, opened_within
from crm.cases.foresight.tally import added
from crm.cases.foresight.terms import Terms
from crm.cases.models import PolicyPreview, PreviewChange, SlaPolicy
from crm.events.actions import record
from crm.lib.failure import place
from crm.staff.models import User

log = logging.getLogger(__name__)
STEP = 2000  # cases counted in one transaction
KEPT = 4  # previews of one draft


@transaction.atomic
def begin_preview(
    *, policy: SlaPolicy, terms: Terms, since: dt.datetime, until: dt.datetime, by: User, at: dt.datetime | None = None
) -> PolicyPreview:
    """Ask what `terms` would have done to the live cases opened from `since` until before `until`; `count_on` counts.
    `policy` is the draft they belong to, saved or not; of one draft the last few previews are kept."""
    preview = PolicyPreview(
        policy=policy, terms=terms.data(), since=since, until=until, by=by, at=at or timezone.now(),
        time_zone=by.time_zone,
    )  # fmt: skip
    preview.total = opened_within(preview).count()
    preview.save()
    newest = PolicyPreview.objects.filter(policy=policy).order_by("-pk").values_list("pk", flat=True)
    PolicyPreview.objects.filter(policy=policy).exclude(pk__in=list(newest[:KEPT])).delete()
    record("policy.previewed", subject=policy, by=by, at=preview.at, preview=preview.pk, cases=preview.total)
    return preview


def ask_for_count() -> None:
    """A worker goes on with what waits. A broker that is away must not fail the caller: beat asks again."""
    try:
        current_app.send_task("crm.cases.tasks.count_previews", expires=60, retry=False)
    except Exception:  # whatever the transport raises
        log.warning("no knock: the broker is away")


def count_on(preview_id: int) -> bool:
    """One step; returns whether there is more to do. What fails ends the preview and says so; nothing is counted
    twice: a step and the place it came to are one transaction."""
    try:
        return _step(preview_id)
    except OperationalError:
        raise  # the database's trouble: the next knock goes on from here
    except Exception as error:
        log.error("preview failed", extra={"preview": preview_id, "failure": place(error)})
        failed = {"state": PolicyPreview.State.FAILED, "error": place(error)[:200], "ended_at": timezone.now()}
        PolicyPreview.objects.filter(pk=preview_id, state=PolicyPreview.State.WAITING).update(**failed)
        return False


@transaction.atomic
def _step(preview_id: int) -> bool:
    waiting = PolicyPreview.objects.filter(pk=preview_id, state=PolicyPreview.State.WAITING)
    preview = waiting.select_for_update(skip_locked=True).first()
    if preview is None:  # done, or somebody else is at it
        return False
    rows = next_rows(preview, STEP)
    counts, changes = count(preview, rows)
    PreviewChange.objects.bulk_create(changes, batch_size=1000)
    preview.tally = added(preview.tally, counts)
    return _turn_page(preview, rows)


def _turn_page(preview: PolicyPreview, rows: Rows) -> bool:
    preview.counted += len(rows)
    if len(rows) < STEP:
        preview.state, preview.ended_at, preview.total = PolicyPreview.State.DONE, timezone.now(), preview.counted
    else:
        preview.cursor_id, preview.cursor_at = rows[-1][0], rows[-1][1]
    preview.save()
    return preview.state == PolicyPreview.State.WAITING
