"""Who opened whose record: what "who looked at me" and "whose data did this account see" are answered from."""

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from crm.customers.models import Customer
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.models import User

SAME_LOOK = dt.timedelta(minutes=10)
KIND = "customer.looked"


@transaction.atomic
def record_look(*, customer: Customer, by: User, page: str, at: dt.datetime | None = None) -> bool:
    """One event for a person, customer and page in ten minutes; whether this look made one.

    `page` is a code of ours, such as a tab's. Two windows opened at once count once: the lock makes the second wait.
    """
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"look {by.pk} {customer.pk} {page}"])
    mine = Event.objects.filter(subject_type="customer", subject_id=customer.pk, kind=KIND, actor_id=by.pk)
    if mine.filter(facts__page=page, at__gt=at - SAME_LOOK).exists():
        return False
    record(KIND, subject=customer, customer_id=customer.pk, by=by, at=at, page=page)
    return True
