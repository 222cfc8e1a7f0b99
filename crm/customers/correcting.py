"""The list of what is false or missing: worked off by people, reported by whoever tried to reach somebody."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.errors import CannotEdit
from crm.customers.judging import judge_one
from crm.customers.models import ContactPoint, Correction, Customer
from crm.events.actions import record
from crm.staff.models import User

State = Correction.State
BOUNCE = {ContactPoint.Kind.EMAIL: "email_bounces", ContactPoint.Kind.MSISDN: "number_fails"}


@transaction.atomic
def decide_correction(
    *, correction: Correction, state: str, by: User, remark: str = "", at: dt.datetime | None = None
) -> Correction:
    """Corrected, or right as it is. What is still false is found again the next night. Raises CannotEdit."""
    correction, at = _locked(correction), at or timezone.now()
    if correction.state != State.OPEN:
        raise CannotEdit(_("Somebody has decided on this already."))
    correction.state, correction.remark = State(state), remark.strip()[:250]
    correction.decided_at, correction.decided_by = at, by
    _save(correction, by=by, at=at)
    return correction


@transaction.atomic
def reopen_correction(*, correction: Correction, by: User, at: dt.datetime | None = None) -> Correction:
    """Take a decision back. Raises CannotEdit when it is on the list again already."""
    correction, at = _locked(correction), at or timezone.now()
    same = {"flaw": correction.flaw, "thing": correction.thing, "thing_id": correction.thing_id}
    if correction.state == State.OPEN or correction.customer.corrections.open().filter(**same).exists():
        raise CannotEdit(_("It is on the list already."))
    correction.state, correction.remark, correction.decided_at, correction.decided_by = State.OPEN, "", None, None
    _save(correction, by=by, at=at)
    return correction


@transaction.atomic
def report_bounce(*, customer: Customer, recipient: str, at: dt.datetime | None = None) -> Correction | None:
    """A message to it came back: not used until somebody has seen to it. None: no contact of theirs.

    The same report twice, by its moment, is listed once.
    """
    point = customer.contact_points.filter(value=recipient.lower(), kind__in=BOUNCE).first()
    if point is None:
        return None
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    about = {"flaw": BOUNCE[ContactPoint.Kind(point.kind)], "thing": Correction.CONTACT, "thing_id": point.pk}
    at = at or timezone.now()
    found = customer.corrections.filter(Q(state=State.OPEN) | Q(found_at=at), **about).first()
    if found is None:
        found = Correction.objects.create(customer=customer, found_at=at, **about)
        facts = {"flaw": found.flaw, "contact_point": point.pk}
        record("correction.reported", subject=found, customer_id=customer.pk, at=at, **facts)
        judge_one(customer.pk, at=found.found_at)
    return found


@transaction.atomic
def report_wrong_number(
    *, customer: Customer, number: str, by: User, at: dt.datetime | None = None
) -> list[Correction]:
    """Somebody else answered under it: a contact, a line of theirs, or both. Not used until it was seen to."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    points = customer.contact_points.filter(kind=ContactPoint.Kind.MSISDN, value=number)
    lines = customer.subscriptions.filter(msisdn=number)
    things = [(Correction.CONTACT, one.pk) for one in points] + [(Correction.LINE, one.pk) for one in lines]
    at, found = at or timezone.now(), []
    for thing, pk in things:
        listed, is_new = customer.corrections.open().get_or_create(
            flaw="number_fails", thing=thing, thing_id=pk, defaults={"customer": customer, "found_at": at}
        )
        if is_new:
            facts = {"flaw": listed.flaw, "thing": thing, "thing_id": pk}
            record("correction.reported", subject=listed, customer_id=customer.pk, by=by, at=at, **facts)
        found.append(listed)
    judge_one(customer.pk, at=at)
    return found


def _locked(correction: Correction) -> Correction:
    """The record first, as every change of it."""
    Customer.objects.select_for_update(no_key=True).get(pk=correction.customer_id)
    return Correction.objects.select_for_update().get(pk=correction.pk)


def _save(correction: Correction, *, by: User, at: dt.datetime) -> None:
    correction.save(update_fields=["state", "remark", "decided_at", "decided_by"])
    facts = {"flaw": correction.flaw, "state": correction.state}
    record("correction.decided", subject=correction, customer_id=correction.customer_id, by=by, at=at, **facts)
    judge_one(correction.customer_id, at=at)
