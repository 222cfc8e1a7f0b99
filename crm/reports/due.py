"""Schedules whose time has come: each occasion begins one file, whoever looks and however often."""

import datetime as dt

from django.db import transaction

from crm.events.actions import record
from crm.reports.actions import begin_run, zone_of
from crm.reports.models import Schedule
from crm.reports.occasions import next_run
from crm.reports.recipients import allowed
from crm.staff.access import may


def begin_due(*, now: dt.datetime, most: int = 100) -> int:
    """How many were due. A file that was missed while everything stood still is begun once, not once a day."""
    begun = 0
    while begun < most and _begin_next(now):
        begun += 1
    return begun


@transaction.atomic
def _begin_next(now: dt.datetime) -> bool:
    due = Schedule.objects.filter(is_active=True, next_at__lte=now).order_by("next_at", "pk")
    schedule = due.select_for_update(skip_locked=True, of=["self"]).select_related("owner").first()
    if schedule is None:
        return False
    if reason := why_not(schedule):
        stop(schedule, reason)
        return True
    begin_run(schedule, at=schedule.next_at, key=f"schedule:{schedule.pk}:{schedule.next_at:%Y%m%dT%H%M}")
    schedule.next_at = next_run(schedule.every, schedule.hour, zone_of(schedule.owner), after=now)
    schedule.save(update_fields=["next_at"])
    return True


def why_not(schedule: Schedule) -> str:
    """Empty, or why this may not be mailed any more."""
    if not (may(schedule.owner, "report.schedule") and may(schedule.owner, "report.export")):
        return Schedule.Stopped.OWNER
    return "" if allowed(schedule.recipients) else Schedule.Stopped.RECIPIENT


def stop(schedule: Schedule, reason: str) -> None:
    Schedule.objects.filter(pk=schedule.pk).update(is_active=False, stopped=reason)
    schedule.exports.update(mail_at=None)
    record("schedule.stopped", subject=schedule, owner=schedule.owner_id, reason=reason)
