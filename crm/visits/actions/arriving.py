"""From the door to the queue, and out of it again."""

import datetime as dt
import re

from django.db import connection, transaction
from django.db.models import Max

from crm.customers.models import Customer
from crm.staff.models import Office, User
from crm.visits.actions.locking import lock, moment, save, told
from crm.visits.errors import BadTicket, TicketTaken
from crm.visits.models import Visit
from crm.visits.queries import office_day
from crm.visits.words import PRIORITY_SERIES, SERIES, Purpose, VisitState

TICKET = re.compile(r"([A-Z]{1,2})-?(\d{1,4})")


@transaction.atomic
def check_in(
    *,
    office: Office,
    purpose: str = Purpose.OTHER,
    ticket: str = "",
    is_priority: bool = False,
    note: str = "",
    customer: Customer | None = None,
    external_id: str = "",
    by: User | None = None,
    at: dt.datetime | None = None,
) -> tuple[Visit, bool]:
    """A queue number; the office's next one unless a `ticket` is given. (visit, whether it is new): the same
    `external_id` again adds nothing. Raises BadTicket, TicketTaken, BadTime.

    One arrival at an office waits for the other: so no number is given twice.
    """
    at = moment(at)
    given = read_ticket(ticket) if ticket else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"visits {office.pk}"])
    known = Visit.objects.filter(office=office, external_id=external_id).first() if external_id else None
    if known is not None:
        return known, False
    day = office_day(office, at)
    series, number = given or _next(office, day, PRIORITY_SERIES if is_priority else SERIES[Purpose(purpose)])
    if Visit.objects.filter(office=office, day=day, series=series, number=number).exists():
        raise TicketTaken
    visit = Visit.objects.create(
        office=office, day=day, series=series, number=number, purpose=purpose, is_priority=is_priority,
        note=note.strip()[:250], customer=customer, external_id=external_id, arrived_at=at,
    )  # fmt: skip
    told(visit, "visit.checked_in", by=by, at=at, purpose=purpose)
    return visit, True


def read_ticket(text: str) -> tuple[str, int]:
    """'b-042' -> ('B', 42). Raises BadTicket."""
    match = TICKET.fullmatch(text.strip().upper())
    if match is None or int(match[2]) == 0:
        raise BadTicket
    return match[1], int(match[2])


def _next(office: Office, day: dt.date, series: str) -> tuple[str, int]:
    given = Visit.objects.filter(office=office, day=day, series=series)
    return series, (given.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def leave(*, visit: Visit, by: User | None = None, at: dt.datetime | None = None) -> Visit:
    """Walked out, or did not come when called. Raises WrongState, BadTime."""
    visit = lock(visit, VisitState.WAITING, VisitState.CALLED)
    at = moment(at, after=visit.called_at or visit.arrived_at)
    visit.state, visit.ended_at = VisitState.LEFT, at
    return save(visit, "visit.left", by=by, at=at, called=visit.called_at is not None)
