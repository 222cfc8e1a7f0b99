"""A request is granted or refused, each with its reason; erasing takes two people."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.customers.consenting import withdraw_consent
from crm.customers.models import Purpose
from crm.customers.restricting import restrict
from crm.events.actions import record
from crm.privacy.erasing import erase_customer, stands_against
from crm.privacy.errors import AlreadyDecided, ReasonMissing, SecondPersonNeeded, StandsAgainst
from crm.privacy.ledger import write_missing
from crm.privacy.models import DataRequest
from crm.privacy.words import Kind, State
from crm.staff.models import User


def _lock(request: DataRequest) -> DataRequest:
    held = DataRequest.objects.select_for_update(of=["self"]).select_related("customer", "case").get(pk=request.pk)
    if not held.is_standing:
        raise AlreadyDecided
    return held


@transaction.atomic
def propose_erasure(*, request: DataRequest, reason: str, by: User, at: dt.datetime | None = None) -> DataRequest:
    """The first of two people: nothing is erased yet. Raises StandsAgainst, ReasonMissing, AlreadyDecided."""
    request, reason, at = _lock(request), _reason(reason), at or timezone.now()
    if request.state != State.OPEN or request.kind != Kind.ERASURE:
        raise AlreadyDecided
    if whys := stands_against(request):
        raise StandsAgainst(whys)
    request.state, request.proposed_by, request.proposed_at, request.reason = State.PROPOSED, by, at, reason
    request.save(update_fields=["state", "proposed_by", "proposed_at", "reason"])
    record("privacy.erasure_proposed", subject=request, customer_id=request.customer_id, by=by, at=at)
    return request


@transaction.atomic
def grant(*, request: DataRequest, reason: str, by: User, at: dt.datetime | None = None) -> DataRequest:
    """What was asked is done, and the request with it.

    Raises AlreadyDecided, ReasonMissing, and for an erasure SecondPersonNeeded, StandsAgainst.
    """
    request, reason, at = _lock(request), _reason(reason), at or timezone.now()
    if request.kind == Kind.ERASURE and (request.state != State.PROPOSED or request.proposed_by_id == by.pk):
        raise SecondPersonNeeded
    _end(request, State.DONE, reason, by, at)
    if request.kind == Kind.RESTRICTION:
        restrict(customer=request.customer, reason=reason, by=by, at=at)
    elif request.kind == Kind.WITHDRAWAL:
        _withdraw_all(request, by, at)
    elif request.kind == Kind.ERASURE:
        erase_customer(request=request, by=by, at=at)
        transaction.on_commit(write_missing, robust=True)
    return request


@transaction.atomic
def refuse(*, request: DataRequest, reason: str, by: User, at: dt.datetime | None = None) -> DataRequest:
    """With the legal ground, which the customer is told. Raises AlreadyDecided, ReasonMissing."""
    request, reason, at = _lock(request), _reason(reason), at or timezone.now()
    _end(request, State.REFUSED, reason, by, at)
    return request


def _end(request: DataRequest, state: State, reason: str, by: User, at: dt.datetime) -> None:
    request.state, request.reason, request.decided_by, request.decided_at = state, reason, by, at
    request.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record(
        "privacy.granted" if state == State.DONE else "privacy.refused",
        subject=request, customer_id=request.customer_id, by=by, at=at, kind=request.kind, late=at > request.due_at,
    )  # fmt: skip


def _withdraw_all(request: DataRequest, by: User, at: dt.datetime) -> None:
    """Every purpose: a yes ends now, and where they were never asked the no is kept."""
    for purpose in Purpose.values:
        withdraw_consent(customer=request.customer, purpose=purpose, channel=request.channel, by=by, at=at)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
