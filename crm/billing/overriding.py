"""A tier that somebody sets by hand for a time, takes back, and the limits of all tiers."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.billing import months
from crm.billing.judging import judge_customers
from crm.billing.models import TierOverride, TierScale, Value
from crm.billing.scale import scale_in_force
from crm.customers.models import Customer
from crm.events.actions import record
from crm.staff.models import User

LONGEST = dt.timedelta(days=366)


class CannotOverride(ValueError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def override_tier(
    *, customer: Customer, tier: str, reason: str, until: dt.date, by: User, at: dt.datetime | None = None
) -> TierOverride:
    """From now to `until`, whatever ARPU says; one set before ends. Raises CannotOverride naming the field."""
    at = at or timezone.now()
    day = months.today(at)
    if not reason.strip():
        raise CannotOverride("reason", _("Say why."))
    if not day <= until <= day + LONGEST:
        raise CannotOverride("until", _("Choose a last day from today to a year from now."))
    _lock_free(customer)
    customer.tier_overrides.filter(ended_at=None).update(ended_at=at, ended_by=by)
    made = TierOverride.objects.create(customer=customer, tier=tier, reason=reason.strip(), until=until, by=by,
                                       created_at=at)  # fmt: skip
    record("customer.tier_set", subject=customer, customer_id=customer.pk, by=by, at=at, tier=tier, until=str(until))
    _judge(customer, day, by)
    return made


@transaction.atomic
def end_override(*, override: TierOverride, by: User, at: dt.datetime | None = None) -> None:
    """ARPU decides again. A second press changes nothing. Raises CannotOverride while the record is restricted."""
    at = at or timezone.now()
    _lock_free(override.customer)
    if TierOverride.objects.filter(pk=override.pk, ended_at=None).update(ended_at=at, ended_by=by):
        customer = override.customer
        record("customer.tier_freed", subject=customer, customer_id=customer.pk, by=by, at=at)
        _judge(customer, months.today(at), by)


def _lock(customer: Customer) -> Customer:
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    Value.objects.get_or_create(customer=customer, defaults={"tier": customer.tier})
    return locked


def _lock_free(customer: Customer) -> None:
    if _lock(customer).restricted_at is not None:
        raise CannotOverride("", _("This customer's data is restricted: the tier stays as it is."))


def _judge(customer: Customer, day: dt.date, by: User) -> None:
    """At once, as each night does."""
    judge_customers(customer.pk, customer.pk + 1, day, scale_in_force())
    newest = customer.tier_changes.first()
    if newest is not None and newest.by_id is None and newest.why in {"override", "ended", "up", "down"}:
        customer.tier_changes.filter(pk=newest.pk, at__gte=timezone.now() - dt.timedelta(seconds=5)).update(by=by)
    customer.refresh_from_db(fields=["tier"])


@transaction.atomic
def save_scale(*, scale: TierScale, by: User) -> TierScale:
    """Limits for all; tiers follow with the next nightly run, with the same margin and grace as ever."""
    scale.pk = 1
    scale.save()
    record("tiers.changed", subject=scale, by=by)
    return scale
