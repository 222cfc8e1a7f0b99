"""Under what somebody is reached: added, corrected, verified, retired by one of us who was told."""

import datetime as dt

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.actions import verify_contact
from crm.customers.contacts import Contact, read_email, read_handle, read_msisdn
from crm.customers.editing import lock, note
from crm.customers.errors import CannotEdit, Gone, TakenContact
from crm.customers.judging import judge_one
from crm.customers.models import ContactPoint, Correction, Customer
from crm.staff.models import User


def read_contact(kind: str, text: str, network: str = "") -> Contact:
    """Raises BadContact naming the field."""
    if kind == ContactPoint.Kind.HANDLE:
        return read_handle(text, network)
    return read_email(text) if kind == ContactPoint.Kind.EMAIL else read_msisdn(text)


@transaction.atomic
def add_contact(
    *, customer: Customer, contact: Contact, by: User, verified: bool = False, at: dt.datetime | None = None
) -> ContactPoint:
    """`verified`: identity was proven in private. Raises Gone, TakenContact (contact_point_once)."""
    customer, at = lock(customer.pk), at or timezone.now()
    point = ContactPoint(customer=customer, created_at=at)
    if verified:
        point.verified_at, point.verified_by = at, by
    _write(point, contact, by=by)
    note(customer, "contacts", by=by, at=at, contact_point=point.pk, contact=point.kind, added=True)
    return point


@transaction.atomic
def correct_contact(*, point: ContactPoint, contact: Contact, by: User, at: dt.datetime | None = None) -> ContactPoint:
    """It was written wrong, or has changed: a claim again. Raises CannotEdit, Gone, TakenContact."""
    point, at = _own(point), at or timezone.now()
    if (point.network, point.value) == (contact.network, contact.value):
        return point
    customer = lock(point.customer_id)
    point.verified_at = point.verified_by = None
    _write(point, contact, by=by)
    doubted = customer.corrections.open().filter(thing=Correction.CONTACT, thing_id=point.pk)
    doubted.update(state=Correction.State.CORRECTED, decided_by=by, decided_at=at)
    note(customer, "contacts", by=by, at=at, contact_point=point.pk, contact=point.kind)
    return point


@transaction.atomic
def retire_contact(*, point: ContactPoint, by: User, at: dt.datetime | None = None) -> None:
    """It is theirs no more: whoever has it now can be known by it; its past is kept. Raises CannotEdit, Gone."""
    point, at = _own(point), at or timezone.now()
    customer = lock(point.customer_id)
    pk = point.pk
    with pghistory.context(by=by.pk):
        point.delete()
    note(customer, "contacts", by=by, at=at, contact_point=pk, contact=point.kind, retired=True)


@transaction.atomic
def confirm_contact(*, point: ContactPoint, by: User, at: dt.datetime | None = None) -> ContactPoint:
    """Identity was proven in private."""
    point = verify_contact(contact_point=point, by=by, at=at)
    judge_one(point.customer_id, at=at or timezone.now())
    return point


def _own(point: ContactPoint) -> ContactPoint:
    """Locked, before the record is (linking.lock_point); proven handles are taken back in their case."""
    found = ContactPoint.objects.select_for_update().filter(pk=point.pk).first()
    if found is None:
        raise Gone
    if found.proofs.filter(undone_at=None).exists():
        raise CannotEdit(_("Its proof of identity stands. Take the proof back first, in the case where it was given."))
    return found


def _write(point: ContactPoint, contact: Contact, *, by: User) -> None:
    point.kind, point.network, point.value, point.display = contact
    try:
        with transaction.atomic(), pghistory.context(by=by.pk):
            point.save()
    except IntegrityError:
        raise TakenContact(_("Another customer has it. Are the two one? Compare their records."), "value") from None
