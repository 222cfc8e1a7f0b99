"""What is done with files and schedules of reports."""

import datetime as dt
import zoneinfo
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from crm.events.actions import record
from crm.lib.exports import SOURCES
from crm.lib.moments import database_now
from crm.reports import files
from crm.reports.knock import knock
from crm.reports.models import Export, Schedule
from crm.reports.occasions import next_run, period_before
from crm.staff.access import require
from crm.staff.models import User


@transaction.atomic
def begin_export(
    *, source: str, query: dict[str, Any], format: str, by: User, key: str, about: str = "", rows: int | None = None
) -> Export:
    """Ask for a file. The same key is the same file, however often the button is pressed. Raises PermissionDenied."""
    if not SOURCES[source].may(by):
        raise PermissionDenied(_("Your role does not allow this here."))
    export, is_new = Export.objects.get_or_create(
        key=f"{by.pk}:{key}",
        defaults={
            "by": by, "report": source, "query": query, "format": format, "about": about[:200], "total_rows": rows,
        },
    )  # fmt: skip
    if is_new:
        record("export.asked", subject=export, by=by, source=source, rows=rows)
        transaction.on_commit(knock)
    return export


@transaction.atomic
def remove_export(*, export: Export, by: User) -> None:
    """Throw a file away before its time. One that is being made is let go: its worker finds nothing to finish."""
    if export.by_id != by.pk:
        raise PermissionDenied(_("Your role does not allow this here."))
    record("export.removed", subject=export, by=by)
    export.delete()
    transaction.on_commit(lambda: files.remove(export.file))


@transaction.atomic
def save_schedule(*, schedule: Schedule, by: User) -> Schedule:
    """Make a schedule, or change one's own; its next run follows from its words. Raises PermissionDenied."""
    require(by, "report.schedule")
    if schedule.pk and schedule.owner_id != by.pk:
        raise PermissionDenied(_("Your role does not allow this here."))
    is_new = schedule.pk is None
    schedule.owner = by
    schedule.stopped = ""
    schedule.next_at = next_run(schedule.every, schedule.hour, zone_of(by), after=database_now())
    schedule.save()
    kind = "schedule.made" if is_new else "schedule.changed"
    record(kind, subject=schedule, by=by, report=schedule.report, every=schedule.every, to=len(schedule.recipients))
    return schedule


@transaction.atomic
def switch_schedule(*, schedule: Schedule, active: bool, by: User) -> Schedule:
    """Pause it, or let it go on: what was missed in between is not sent afterwards."""
    schedule = _own(schedule, by)
    if schedule.is_active != active:
        schedule.is_active, schedule.stopped = active, ""
        schedule.next_at = next_run(schedule.every, schedule.hour, zone_of(by), after=database_now())
        schedule.save()
        record("schedule.resumed" if active else "schedule.paused", subject=schedule, by=by)
    return schedule


@transaction.atomic
def run_now(*, schedule: Schedule, by: User, key: str) -> Export:
    """The last whole period, at once and beside the plan. The same key is one run."""
    schedule = _own(schedule, by)
    export = begin_run(schedule, at=database_now(), key=f"schedule:{schedule.pk}:now:{key}"[:60])
    record("schedule.run", subject=schedule, by=by, export=export.pk)
    return export


@transaction.atomic
def remove_schedule(*, schedule: Schedule, by: User) -> None:
    """Its files stay with their owner until they are out of date; what was not mailed yet is not mailed."""
    schedule = _own(schedule, by)
    schedule.exports.update(mail_at=None)
    record("schedule.removed", subject=schedule, by=by, report=schedule.report)
    schedule.delete()


def begin_run(schedule: Schedule, *, at: dt.datetime, key: str) -> Export:
    """The file of one occasion: the key makes it one, whoever comes twice."""
    first, last = period_before(schedule.every, at.astimezone(zone_of(schedule.owner)).date())
    asked = schedule.query | {"period": ["choose"], "since": [f"{first:%Y-%m-%d}"], "until": [f"{last:%Y-%m-%d}"]}
    export, is_new = Export.objects.get_or_create(
        key=key,
        defaults={
            "by": schedule.owner, "schedule": schedule, "report": schedule.report, "query": asked,
            "format": schedule.format,
        },
    )  # fmt: skip
    if is_new:
        transaction.on_commit(knock)
    return export


def zone_of(user: User) -> dt.tzinfo:
    return zoneinfo.ZoneInfo(user.time_zone)


def _own(schedule: Schedule, by: User) -> Schedule:
    """Locked, and one's own: a schedule mails what its owner may see."""
    require(by, "report.schedule")
    schedule = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if schedule.owner_id != by.pk:
        raise PermissionDenied(_("Your role does not allow this here."))
    return schedule
