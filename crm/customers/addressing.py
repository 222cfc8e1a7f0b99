"""Where somebody lives, works, gets bills: written, checked against the official list, taken away."""

import datetime as dt
import re

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.editing import lock, note, refuse_stale
from crm.customers.errors import BadAddress, Gone
from crm.customers.models import Address, Customer
from crm.customers.regions import refuse_unlisted
from crm.staff.models import User

FIELDS = ("street", "rt", "rw", "village", "district", "city", "province", "post_code")


@transaction.atomic
def save_address(
    *,
    customer: Customer,
    kind: str,
    lines: dict[str, str],
    by: User,
    seen: int | None = None,
    at: dt.datetime | None = None,
) -> Address:
    """`lines`: some of FIELDS; what is not given stays. The customer has just told it, so it is up to date.

    Raises BadAddress naming the field, Gone, Stale.
    """
    customer, at = lock(customer.pk), at or timezone.now()
    refuse_stale(customer, [f"address:{kind}"], seen)
    address = customer.addresses.filter(kind=kind).first() or Address(customer=customer, kind=kind)
    for field, value in _read(lines).items():
        setattr(address, field, value)
    _check(address)
    address.updated_at, address.verified_at, address.verified_by = at, at, by
    with pghistory.context(by=by.pk):
        address.save()
        _follow(customer, address)
    note(customer, f"address:{kind}", by=by, at=at, address=address.pk)
    return address


@transaction.atomic
def drop_address(*, address: Address, by: User, at: dt.datetime | None = None) -> None:
    """Raises Gone."""
    customer = lock(address.customer_id)
    with pghistory.context(by=by.pk):
        if not customer.addresses.filter(pk=address.pk).delete()[0]:
            raise Gone
    note(customer, f"address:{address.kind}", by=by, at=at or timezone.now(), dropped=True)


def _read(lines: dict[str, str]) -> dict[str, str]:
    """RT and RW are three digits, and text: 002."""
    said = {field: " ".join(value.split()) for field, value in lines.items()}
    for field in {"rt", "rw"} & set(said):
        if said[field] and not re.fullmatch(r"[0-9]{1,3}", said[field]):
            raise BadAddress(_("Up to three digits, such as 002."), field)
        said[field] = said[field].zfill(3) if said[field] else ""
    if said.get("post_code") and not re.fullmatch(r"[1-9][0-9]{4}", said["post_code"]):
        raise BadAddress(_("A post code has five digits."), "post_code")
    return said


def _check(address: Address) -> None:
    for field in ("street", "city"):
        if not getattr(address, field):
            raise BadAddress(_("This is needed."), field)
    refuse_unlisted(province=address.province, city=address.city, district=address.district)


def _follow(customer: Customer, address: Address) -> None:
    """The town that stands in the head of the record is that of the home."""
    town = address.city.removeprefix("Kota ").removeprefix("Kabupaten ")
    if address.kind == Address.Kind.HOME and customer.city != town:
        customer.city = town
        customer.save(update_fields=["city"])
