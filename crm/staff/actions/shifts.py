import datetime as dt
import zoneinfo
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from crm.events.actions import record
from crm.staff.access import require
from crm.staff.errors import ShiftsOverlap
from crm.staff.models import Shift, User
from crm.staff.spans import Span

DAYS = 7
Plan = Mapping[User, Mapping[dt.date, Span | None]]


@transaction.atomic
def plan_week(*, monday: dt.date, plan: Plan, by: User, at: dt.datetime | None = None) -> None:
    """Replace the shifts that begin in this week, for the people in `plan`, each by their own clock.

    Raises PermissionDenied, ShiftsOverlap.
    """
    for person, days in plan.items():
        require(by, "staff.manage", person)
        if _replace(person, monday, days):
            record("staff.shifts_planned", subject=person, by=by, at=at, week=monday.isoformat())


def week_of(person: User, monday: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The week's first moment and the next week's, by the person's clock."""
    zone = zoneinfo.ZoneInfo(person.time_zone)
    begin = dt.datetime.combine(monday, dt.time(), zone)
    return begin, dt.datetime.combine(monday + dt.timedelta(days=DAYS), dt.time(), zone)


def _replace(person: User, monday: dt.date, days: Mapping[dt.date, Span | None]) -> bool:
    begin, end = week_of(person, monday)
    present = Shift.objects.filter(user=person, starts_at__gte=begin, starts_at__lt=end)
    zone = zoneinfo.ZoneInfo(person.time_zone)
    wanted = {span.on(day, zone) for day, span in days.items() if span}
    if wanted == set(present.values_list("starts_at", "ends_at")):
        return False
    present.delete()
    try:
        with transaction.atomic():
            Shift.objects.bulk_create([Shift(user=person, starts_at=start, ends_at=end) for start, end in wanted])
    except IntegrityError:
        raise ShiftsOverlap(person.name) from None
    return True
