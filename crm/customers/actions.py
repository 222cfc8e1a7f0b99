"""Writes on customers: find or create the sender, prove a contact, reveal one."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.contacts import Contact, read_contacts, read_handle
from crm.customers.errors import BadContact, ReasonNeeded, Restricted
from crm.customers.models import ContactPoint, Customer, Reveal, Subscription
from crm.events.actions import record
from crm.staff.models import User

__all__ = [
    "BadContact",
    "ReasonNeeded",
    "find_customer",
    "find_or_create_customer",
    "move_handle",
    "note_number",
    "reveal_contact",
    "verify_contact",
]


def find_or_create_customer(
    *,
    msisdn: str = "",
    email: str = "",
    handle: str = "",
    network: str = "",
    name: str = "",
    at: dt.datetime | None = None,
    verified: bool = False,
    **traits: str,
) -> Customer:
    """The one record of whoever has this number, address or handle; made when nobody has it.

    `network` says where the handle is; `verified` says that identity was proven in private; `traits` (honorific,
    language, time_zone) are those of a record that is made. Raises BadContact
    naming the field. Two workers that meet the same new sender get the same record (contact_point_once).
    """
    contacts = read_contacts(msisdn=msisdn, email=email, handle=handle, network=network)
    at = at or timezone.now()
    customer = _holder(contacts, stays=True)
    if customer is None:
        return _create(contacts, name=name, at=at, verified=verified, **traits)
    if verified:
        _add_contacts(customer, contacts, at=at, verified=True)
    return customer


def find_customer(*, msisdn: str = "", email: str = "") -> Customer | None:
    """Who has this number, else this address, by claim or by proof; nobody is made. Raises BadContact."""
    return _holder(read_contacts(msisdn=msisdn, email=email, handle="", network=""))


def note_number(*, customer: Customer, msisdn: str, at: dt.datetime | None = None) -> None:
    """They wrote from it: from now on we can answer there. A number that anybody has as a contact stays as it is."""
    _add_contacts(customer, read_contacts(msisdn=msisdn, email="", handle="", network=""), at=at or timezone.now(),
                  verified=False)  # fmt: skip


def _holder(contacts: list[Contact], *, stays: bool = False) -> Customer | None:
    """A claimed handle beside a known number changes nothing: the surest contact that somebody holds decides."""
    for contact in contacts:
        customer = holder_of(contact, stays=stays)
        if customer is not None:
            return customer
    return None


HOLDER = """
    SELECT customer.* FROM customers_customer customer
    JOIN customers_contactpoint point ON point.customer_id = customer.id
    WHERE point.kind = %s AND point.network = %s AND point.value = %s
"""


def holder_of(contact: Contact, *, stays: bool = False) -> Customer | None:
    """`stays`: until our transaction ends the contact moves to nobody else (linking.py), so that what we put on the
    customer's record is not left behind on an empty one. Those who take in do not wait for each other."""
    held = Customer.objects.raw(HOLDER + ("FOR SHARE OF point" if stays else ""), contact[:3])
    customer = next(iter(held), None)
    if customer is not None:
        return customer
    if contact.kind != ContactPoint.Kind.MSISDN:
        return None
    line = Subscription.objects.held().filter(msisdn=contact.value).select_related("customer").first()
    return line.customer if line else None


def _create(contacts: list[Contact], *, name: str, at: dt.datetime, verified: bool, **traits: str) -> Customer:
    try:
        with transaction.atomic():
            return _create_holder(contacts, name=name, at=at, verified=verified, **traits)
    except IntegrityError:
        # Somebody else was quicker, and has committed: the constraint waited for that.
        customer = _holder(contacts)
        if customer is None:
            raise
        return customer


def _create_holder(contacts: list[Contact], *, name: str, at: dt.datetime, verified: bool, **traits: str) -> Customer:
    customer = Customer.objects.create(name=name.strip(), created_at=at, **traits)
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
def move_handle(*, network: str, old: str, new: str, at: dt.datetime) -> None:
    """The owner of a handle changed it, the network says; what was proven about them stays proven.

    Where somebody holds the new one already, both stay as they are: only a person can tell whether they are one.
    """
    contact = read_handle(new, network)
    held = ContactPoint.objects.filter(kind=contact.kind, network=network)
    point = held.select_for_update().filter(value=old.lower()).first()
    if point is None or held.filter(value=contact.value).exists():
        return
    point.value, point.display = contact.value, contact.display
    point.save(update_fields=["value", "display"])
    record(
        "customer.handle_moved", subject=point.customer, customer_id=point.customer_id, at=at, contact_point=point.pk
    )


@transaction.atomic
def reveal_contact(*, contact_point: ContactPoint, by: User, reason: str, at: dt.datetime | None = None) -> str:
    """The number or address in clear. Each look is recorded, never what was looked at. Raises ReasonNeeded, and
    Restricted where the customer's data rests."""
    if not reason.strip():
        raise ReasonNeeded("reason", _("Say why you need to see it."))
    if Customer.objects.filter(pk=contact_point.customer_id).exclude(restricted_at=None).exists():
        raise Restricted
    at = at or timezone.now()
    reveal = Reveal.objects.create(
        customer_id=contact_point.customer_id, what=contact_point.kind, contact_point=contact_point, by=by,
        reason=reason.strip()[:250], at=at,
    )  # fmt: skip
    _record("customer.revealed", contact_point, by=by, at=at, reveal=reveal.pk)
    return contact_point.value


def _record(kind: str, point: ContactPoint, *, by: User, at: dt.datetime, **facts: int) -> None:
    facts |= {"contact_point": point.pk}
    record(kind, subject=point.customer, customer_id=point.customer_id, by=by, at=at, contact=point.kind, **facts)
