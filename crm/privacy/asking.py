"""Somebody asks something of their data: a case, with the law's clock beside the case's own."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions import open_case
from crm.customers.consenting import lock
from crm.customers.models import Customer
from crm.events.actions import record
from crm.privacy.errors import AlreadyAsked, AskedInFuture
from crm.privacy.files import ask_for_file
from crm.privacy.models import DataRequest
from crm.privacy.words import LAW, Kind
from crm.staff.models import User


@transaction.atomic
def open_request(
    *, customer: Customer, kind: str, words: str, channel: str, by: User, asked_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> DataRequest:  # fmt: skip
    """Due 72 running hours after `asked_at`. The lock on the customer makes one open request of a kind the only one.

    Raises AlreadyAsked, AskedInFuture, CustomerGone, NoPolicy.
    """
    at = at or timezone.now()
    asked_at = asked_at or at
    if asked_at > at:
        raise AskedInFuture
    customer = lock(customer)
    if customer.data_requests.standing().filter(kind=kind).exists():
        raise AlreadyAsked
    case = open_case(
        customer=customer, channel=channel, text=words, kind="request", subject=str(Kind(kind).label), by=by,
        at=asked_at, team=by.team, assignee=by,
    )  # fmt: skip
    request = DataRequest.objects.create(
        customer=customer, kind=kind, words=words, channel=channel, asked_at=asked_at, due_at=asked_at + LAW, by=by,
        case=case,
    )  # fmt: skip
    record("privacy.asked", subject=request, customer_id=customer.pk, by=by, at=at, kind=kind, case=case.pk)
    if kind == Kind.ACCESS:
        ask_for_file(request=request, at=at)
    return request
