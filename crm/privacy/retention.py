"""Periods are set, and what is older than them goes: each night, in ranges, each with the mark that it moves.

A run that was killed goes on where it stood; of two workers one takes the run's row, the other passes by. A range reads
the period anew, so that one made longer in the night stops what is still to go.
"""

import datetime as dt
import math

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.events.actions import record
from crm.lib import retaining
from crm.lib.retaining import Rule
from crm.privacy.erasing import remove_doomed
from crm.privacy.errors import PeriodMoved, PeriodTooShort, ReasonMissing
from crm.privacy.models import DoomedFile, RetentionPeriod, RetentionRun
from crm.staff.models import User

RANGE = 5_000  # rows: a second or two of work, and the locks of one transaction
MOST = 10_000  # counted on a page; what is more is said to be more


def periods() -> dict[str, RetentionPeriod]:
    """In force now, by kind; a kind that is missing is kept for ever."""
    newest = RetentionPeriod.objects.select_related("by").order_by("kind", "-version").distinct("kind")
    return {one.kind: one for one in newest}


def days_of(kind: str) -> int | None:
    """None: for ever."""
    newest = RetentionPeriod.objects.filter(kind=kind).order_by("-version").first()
    return newest.days if newest else None


@transaction.atomic
def set_period(
    *, rule: Rule, after: int, days: int | None, why: str, by: User, at: dt.datetime | None = None
) -> RetentionPeriod:
    """From the next night on. `after` is the version that was before the one who sets it.

    Raises PeriodMoved, PeriodTooShort, ReasonMissing.
    """
    at = at or timezone.now()
    if not why.strip():
        raise ReasonMissing
    if days is not None and days < rule.shortest:
        raise PeriodTooShort(rule.shortest)
    newest = RetentionPeriod.objects.filter(kind=rule.kind).order_by("-version").first()
    if (newest.version if newest else 0) != after:
        raise PeriodMoved
    try:
        with transaction.atomic():
            made = RetentionPeriod.objects.create(
                kind=rule.kind, version=after + 1, days=days, why=why.strip(), by=by, at=at
            )
    except IntegrityError as twice:
        raise PeriodMoved from twice
    record("retention.set", subject=made, by=by, at=at, kind=rule.kind, days=days)
    return made


def would_go(rule: Rule, days: int | None, *, now: dt.datetime) -> int:
    """How many rows would go today; one more than MOST stands for more."""
    if days is None:
        return 0
    return rule.due(now - dt.timedelta(days=days))[: MOST + 1].count()


def months_in_days(months: int) -> int:
    return math.ceil(months * 365 / 12)


def retain(day: dt.date, *, at: dt.datetime, size: int = RANGE) -> int:
    """The night of this day, or the rest of it: how many rows this call took away."""
    gone = 0
    for rule in retaining.rules():
        days = days_of(rule.kind)
        if days is None:
            continue
        RetentionRun.objects.bulk_create(
            [RetentionRun(kind=rule.kind, day=day, days=days, before=at - dt.timedelta(days=days), started_at=at)],
            ignore_conflicts=True,
        )
        while (took := _retain_range(rule, day, at, size)) is not None:
            gone += took
    return gone


@transaction.atomic
def _retain_range(rule: Rule, day: dt.date, at: dt.datetime, size: int) -> int | None:
    """None: nothing is left, or somebody else is at it."""
    run = (
        RetentionRun.objects.select_for_update(skip_locked=True)
        .filter(kind=rule.kind, day=day, finished_at=None)
        .first()
    )
    if run is None:
        return None
    days = days_of(rule.kind)
    due = rule.due(min(run.before, at - dt.timedelta(days=days))) if days is not None else None
    ids = (
        list(due.filter(pk__gt=run.upto).order_by("pk").values_list("pk", flat=True)[:size]) if due is not None else []
    )
    if not ids:
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
        return None
    assert due is not None
    files = rule.remove(due.model._default_manager.filter(pk__in=ids))
    DoomedFile.objects.bulk_create([DoomedFile(name=name) for name in files], ignore_conflicts=True)
    transaction.on_commit(remove_doomed)
    run.removed, run.upto = run.removed + len(ids), ids[-1]
    run.save(update_fields=["removed", "upto"])
    return len(ids)
