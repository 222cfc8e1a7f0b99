"""What people do with measures and segments."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.models import Customer
from crm.events.actions import record
from crm.segments.conditions import Condition, customers
from crm.segments.measuring import measure_customer
from crm.segments.models import Measure, Referral, Segment
from crm.staff.access import require
from crm.staff.models import User


class CannotSave(ValueError):
    """`field`: of the form; empty where it is none."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def save_measure(*, measure: Measure, by: User) -> Measure:
    """Weights for all; the measures follow with the next nightly run."""
    require(by, "measure.edit")
    measure.pk = 1
    measure.save()
    record("measures.changed", subject=measure, by=by)
    return measure


@transaction.atomic
def save_segment(
    *, segment: Segment, conditions: list[Condition], by: User, seen: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Segment:  # fmt: skip
    """A new one, or a change of one's own. `conditions` as conditions.read gave them; `seen`: the change that the page
    showed. Raises CannotSave: a second of that name, somebody else's change meanwhile."""
    at = at or timezone.now()
    require(by, "segment.edit")
    if segment.sharing != Segment.Sharing.OWN:
        require(by, "segment.share")
    if segment.pk:
        _take(segment, by, seen)
    else:
        segment.owner = by
    if segment.sharing == Segment.Sharing.TEAM and segment.team_id not in by.team_ids:
        raise CannotSave("sharing", _("Choose a team of yours."))
    segment.conditions, segment.changed_at = conditions, at
    segment.counted = segment.counted_at = None
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as twice:
        raise CannotSave("name", _("You have a segment of this name.")) from twice
    record("segment.saved", subject=segment, by=by, at=at, sharing=segment.sharing, conditions=len(conditions))
    return segment


@transaction.atomic
def delete_segment(*, segment: Segment, by: User) -> None:
    require(by, "segment.edit")
    _take(segment, by, None)
    record("segment.deleted", subject=segment, by=by, name=segment.name)
    segment.delete()


def _take(segment: Segment, by: User, seen: dt.datetime | None) -> None:
    """Only its owner changes a segment; who wants it otherwise saves it as theirs."""
    kept = Segment.objects.select_for_update().get(pk=segment.pk)
    if kept.owner_id != by.pk:
        raise CannotSave("", _("It belongs to %(owner)s. Save it under a name of your own.") % {"owner": kept.owner})
    if seen is not None and kept.changed_at != seen:
        raise CannotSave("", _("It was changed in another window meanwhile. Open it again; what you set stands below."))


def count_segment(*, segment: Segment, day: dt.date, at: dt.datetime | None = None) -> int:
    """How many they are on `day`; kept with the segment, to be shown in lists. Raises TooLong inside patient()."""
    counted = customers(segment.conditions, day).count()
    Segment.objects.filter(pk=segment.pk).update(counted=counted, counted_at=at or timezone.now())
    return counted


@transaction.atomic
def record_referral(*, customer: Customer, brought: Customer, by: User, at: dt.datetime | None = None) -> Referral:
    """`customer` brought `brought` in. Said again it stays; another who was said before goes. Raises CannotSave."""
    at = at or timezone.now()
    require(by, "customer.refer")
    if customer.pk == brought.pk:
        raise CannotSave("number", _("That is the customer's own number."))
    two = Customer.objects.select_for_update(no_key=True).filter(pk__in=[customer.pk, brought.pk]).order_by("pk")
    if any(one.restricted_at for one in two):
        raise CannotSave("", _("The data of one of the two is restricted: who brought whom is not recorded."))
    before = Referral.objects.filter(brought=brought).first()
    if before is not None and before.customer_id == customer.pk:
        return before
    said, _made = Referral.objects.update_or_create(
        brought=brought, defaults={"customer": customer, "by": by, "at": at}
    )
    record("customer.referred", subject=brought, customer_id=brought.pk, by=by, at=at, referrer_id=customer.pk)
    for one in {customer.pk} | ({before.customer_id} if before else set()):
        measure_customer(one, at)
    return said
