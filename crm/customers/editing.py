"""Changing what a record says of somebody: who they are, how they want to be spoken to.

Everything a person changes on a record is one event `customer.edited`, whose `fields` say what, never how it reads.
Who opened the record before somebody else changed the same field is told so, and decides; other fields do not clash.
"""

import datetime as dt
from typing import Any

import pghistory
from django.db import transaction
from django.utils import timezone

from crm.customers.errors import Gone, Stale
from crm.customers.judging import judge_one
from crm.customers.models import Customer
from crm.customers.models.customer import PERSONAL
from crm.customers.rechecking import recheck_papers
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.models import User

KIND = "customer.edited"


@transaction.atomic
def edit_customer(
    *, customer: Customer, changes: dict[str, Any], by: User, seen: int | None = None, at: dt.datetime | None = None
) -> Customer:
    """`changes`: field -> new value, of models.customer.PERSONAL. `seen`: last_edit() when the page was drawn.

    Raises Gone, Stale.
    """
    customer, at = lock(customer.pk), at or timezone.now()
    changed = {field: value for field, value in changes.items() if getattr(customer, field) != value}
    if not changed:
        return customer
    assert set(changed) <= set(PERSONAL)
    refuse_stale(customer, list(changed), seen)
    for field, value in changed.items():
        setattr(customer, field, value)
    with pghistory.context(by=by.pk):
        customer.save(update_fields=list(changed))
    if {"birth_date", "sex"} & set(changed):
        recheck_papers(customer)
    note(customer, *changed, by=by, at=at)
    return customer


def lock(pk: int) -> Customer:
    """The record, for us alone to change. NO KEY UPDATE: who refers to it need not wait. Raises Gone."""
    found = Customer.objects.select_for_update(no_key=True).filter(pk=pk, erased_at=None, absorbed_into=None).first()
    if found is None:
        raise Gone
    return found


def note(customer: Customer, *fields: str, by: User, at: dt.datetime, **facts: Any) -> Event:
    """The one event of a change; the record is judged anew with it."""
    event = record(KIND, subject=customer, customer_id=customer.pk, by=by, at=at, fields=sorted(fields), **facts)
    judge_one(customer.pk, at=at)
    return event


def edits(customer: Customer) -> Any:
    """Newest first (event_subject)."""
    mine = Event.objects.filter(subject_type="customer", subject_id=customer.pk, kind=KIND)
    return mine.order_by("-pk")


def last_edit(customer: Customer) -> int:
    """What a page that is drawn now has seen."""
    return edits(customer).values_list("pk", flat=True).first() or 0


def refuse_stale(customer: Customer, fields: list[str], seen: int | None) -> None:
    """Raises Stale when somebody changed one of these since `seen`. The caller has locked the record."""
    if seen is None:
        return
    since = [one for one in edits(customer).filter(pk__gt=seen) if set(one.facts["fields"]) & set(fields)]
    if since:
        names = dict(User.objects.filter(pk__in=[one.actor_id for one in since]).values_list("pk", "name"))
        clashing = [(one, sorted(set(one.facts["fields"]) & set(fields))) for one in since]
        raise Stale([(names.get(one.actor_id, ""), ", ".join(what), one.at) for one, what in clashing])
