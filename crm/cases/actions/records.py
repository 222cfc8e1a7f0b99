"""Merging two customers' records, as far as their cases go: they are locked first, and their pages hear of it."""

import datetime as dt

from django.db import transaction

from crm.cases.actions.proving import lock_cases_of
from crm.cases.models import Case
from crm.customers.merging import Choice, lock_points, merge_customers, take_merge_apart
from crm.customers.models import Customer, Merge
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def merge_records(
    *, survivor: Customer, absorbed: Customer, chosen: Choice, by: User, proof: str = "", at: dt.datetime | None = None
) -> Merge:
    """See merge_customers, which says what is raised."""
    _lock(survivor.pk, absorbed.pk)
    merge = merge_customers(survivor=survivor, absorbed=absorbed, chosen=chosen, by=by, proof=proof, at=at)
    _tell(merge, by=by, at=merge.at)
    return merge


@transaction.atomic
def part_records(*, merge: Merge, by: User, at: dt.datetime | None = None) -> Merge:
    """See take_merge_apart, which says what is raised."""
    _lock(merge.survivor_id, merge.absorbed_id)
    merge = take_merge_apart(merge=merge, by=by, at=at)
    _tell(merge, by=by, at=merge.undone_at)
    return merge


def _lock(*customers: int) -> None:
    """Contacts, then cases, then the records: the order in which everybody takes them (proving.py)."""
    lock_points(list(customers))
    for customer in sorted(customers):
        lock_cases_of(customer)


def _tell(merge: Merge, *, by: User, at: dt.datetime | None) -> None:
    for case in Case.objects.filter(pk__in=merge.moved.get("cases", [])):
        record("case.customer_changed", subject=case, customer_id=case.customer_id, by=by, at=at, merge=merge.pk)
