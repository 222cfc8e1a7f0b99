"""Who may be calling: the people who have this number, and those who have called with it."""

from crm.calls.models import Call
from crm.calls.words import REMEMBERED
from crm.customers.models import ContactPoint, Customer, NumberChange, Subscription
from crm.lib.moments import database_now

MOST = 6


def people_with(msisdn: str) -> list[Customer]:
    """The likeliest first: whose contact it is, who owns and who uses the line, who called with it before, and if
    there is nobody, whose number it was before. Five small queries, each by an index."""
    if not msisdn:
        return []
    ids = [*_now(msisdn), *_callers(msisdn)] or _before(msisdn)
    found = Customer.objects.filter(erased_at=None, absorbed_into=None).in_bulk(ids)
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found][:MOST]


def _now(msisdn: str) -> list[int]:
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.MSISDN, value=msisdn)
    lines = Subscription.objects.held().filter(msisdn=msisdn).values_list("customer", "user")
    return [*points.values_list("customer", flat=True), *(pk for pair in lines for pk in pair if pk)]


def _callers(msisdn: str) -> list[int]:
    recent = Call.objects.filter(msisdn=msisdn, began_at__gte=database_now() - REMEMBERED, customer__isnull=False)
    return list(recent.order_by("-began_at").values_list("customer_id", flat=True)[:50])


def _before(msisdn: str) -> list[int]:
    """A caller with their old number."""
    changes = NumberChange.objects.filter(old=msisdn)
    return list(changes.order_by("-at").values_list("subscription__customer", flat=True)[:MOST])
