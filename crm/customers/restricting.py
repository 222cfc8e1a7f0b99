"""A customer's data rests (UU PDP 27/2022), and do-not-disturb: switched on and off, with who and why."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.consenting import lock
from crm.customers.errors import NotRestricted, ReasonNeeded
from crm.customers.models import Customer, Restriction
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def restrict(*, customer: Customer, reason: str, by: User, at: dt.datetime | None = None) -> Restriction:
    """From now on the data is kept and used for nothing but a running case and what the law demands.

    Restricted already: the restriction that stands comes back. Raises ReasonNeeded, CustomerGone.
    """
    customer, reason, at = lock(customer), _reason(reason), at or timezone.now()
    standing = customer.restrictions.filter(lifted_at=None).first()
    if standing:
        return standing
    restriction = Restriction.objects.create(customer=customer, reason=reason, by=by, at=at)
    _mark(customer, at)
    record("customer.restricted", subject=customer, customer_id=customer.pk, by=by, at=at, restriction=restriction.pk)
    return restriction


@transaction.atomic
def lift_restriction(*, customer: Customer, reason: str, by: User, at: dt.datetime | None = None) -> None:
    """Raises NotRestricted when somebody else was quicker, ReasonNeeded, CustomerGone."""
    customer, reason, at = lock(customer), _reason(reason), at or timezone.now()
    if customer.restricted_at is None:
        raise NotRestricted
    customer.restrictions.filter(lifted_at=None).update(lifted_at=at, lifted_by=by, lifted_reason=reason)
    _mark(customer, None)
    record("customer.restriction_lifted", subject=customer, customer_id=customer.pk, by=by, at=at)


@transaction.atomic
def set_do_not_disturb(*, customer: Customer, on: bool, by: User | None, at: dt.datetime | None = None) -> Customer:
    """Nothing proactive but what service needs, whatever they agreed to; and back. Raises CustomerGone."""
    customer = lock(customer)
    if customer.do_not_disturb != on:
        customer.do_not_disturb = on
        customer.save(update_fields=["do_not_disturb"])
        record("customer.do_not_disturb", subject=customer, customer_id=customer.pk, by=by, at=at, on=on)
    return customer


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded("reason", _("Say why."))
    return reason.strip()[:250]


def _mark(customer: Customer, at: dt.datetime | None) -> None:
    customer.restricted_at = at
    customer.save(update_fields=["restricted_at"])
