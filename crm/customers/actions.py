"""Writes on customers: find or create the sender, prove a contact, reveal one."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.contacts import Contact, read_contacts
from crm.customers.errors import BadContact, ReasonNeeded
from crm.customers.models import ContactPoint, Customer, Reveal, Subscription
from crm.events.actions import record
from crm.staff.models import User

__all__ = ["BadContact", "ReasonNeeded", "find_or_create_customer", "reveal_contact", "verify_contact"]


def find_or_create_customer(
    *,
    msisdn: str = "",
    email: str = "",
    handle: str = "",
    network: str = "",
    name: str = "",
    at: dt.datetime | None = None,
    verified: bool = False,
) -> Customer:
    """The one record of whoever has this number, address or handle; made when nobody has it.

    `network` says where the handle is; `verified` says that identity was proven in private. Raises BadContact
    naming the field. Two workers that meet the same new sender get the same record (contact_point_once).
    """
    contacts = read_contacts(msisdn=msisdn, email=email, handle=handle, network=network)
    at = at or timezone.now()
    customer = _holder(contacts)
    if customer is None:
        return _create(contacts, name=name, at=at, verified=verified)
    if verified:
        _add_contacts(customer, contacts, at=at, verified=True)
    return customer


def _holder(contacts: list[Contact]) -> Customer | None:
    """A claimed handle beside a known number changes nothing: the surest contact that somebody holds decides."""
    for contact in contacts:
        customer = _holder_of(contact)
        if customer is not None:
            return customer
    return None


def _holder_of(contact: Contact) -> Customer | None:
    points = ContactPoint.objects.filter(kind=contact.kind, network=contact.network, value=contact.value)
    point = points.select_related("customer").first()
    if point is not None:
        return point.customer
    if contact.kind != ContactPoint.Kind.MSISDN:
        return None
    line = Subscription.objects.filter(msisdn=contact.value).select_related("customer").first()
    return line.customer if line else None


def _create(contacts: list[Contact], *, name: str, at: dt.datetime, verified: bool) -> Customer:
    try:
        with transaction.atomic():
            return _create_holder(contacts, name=name, at=at, verified=verified)
    except IntegrityError:
        # Somebody else was quicker, and has committed: the constraint waited for that.
        customer = _holder(contacts)
        if customer is None:
            raise
        return customer


def _create_holder(contacts: list[Contact], *, name: str, at: dt.datetime, verified: bool) -> Customer:
    customer = Customer.objects.create(name=name.strip(), created_at=at)
    first, *others = contacts
    _point(customer, first, at=at, verified=verified).save(force_insert=True)
    _add_contacts(customer, others, at=at, verified=verified)
    record("customer.created", subject=customer, customer_id=customer.pk, at=at, contacts=[c.kind for c in contacts])
    return customer


def _add_contacts(customer: Customer, contacts: list[Contact], *, at: dt.datetime, verified: bool) -> None:
    """Those that another customer holds stay there."""
    points = [_point(customer, contact, at=at, verified=verified) for contact in contacts]
    ContactPoint.objects.bulk_create(points, ignore_conflicts=True)


def _point(customer: Customer, contact: Contact, *, at: dt.datetime, verified: bool) -> ContactPoint:
    return ContactPoint(
        customer=customer,
        kind=contact.kind,
        network=contact.network,
        value=contact.value,
        display=contact.display,
        verified_at=at if verified else None,
        created_at=at,
    )


@transaction.atomic
def verify_contact(*, contact_point: ContactPoint, by: User, at: dt.datetime | None = None) -> ContactPoint:
    """Identity was proven in private: from now on this contact is the customer's and no mere claim."""
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    if point.verified_at is None:
        point.verified_at, point.verified_by = at or timezone.now(), by
        point.save(update_fields=["verified_at", "verified_by"])
        _record("customer.verified", point, by=by, at=point.verified_at)
    return point


@transaction.atomic
def reveal_contact(*, contact_point: ContactPoint, by: User, reason: str, at: dt.datetime | None = None) -> str:
    """The number or address in clear. Each look is recorded, never what was looked at. Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded("reason", _("Say why you need to see it."))
    at = at or timezone.now()
    reveal = Reveal.objects.create(contact_point=contact_point, by=by, reason=reason.strip()[:250], at=at)
    _record("customer.revealed", contact_point, by=by, at=at, reveal=reveal.pk)
    return contact_point.value


def _record(kind: str, point: ContactPoint, *, by: User, at: dt.datetime, **facts: int) -> None:
    facts |= {"contact_point": point.pk}
    record(kind, subject=point.customer, customer_id=point.customer_id, by=by, at=at, contact=point.kind, **facts)
