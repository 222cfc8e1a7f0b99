"""Questions about lines: whose number it is or was, and how many prepaid numbers a person has."""

from django.db.models import F, Q, QuerySet

from crm.customers.contacts import read_msisdn
from crm.customers.models import Customer, NumberChange, Subscription

PREPAID_MOST = 3  # numbers of one person (Permenkomdigi 7/2026): shown when passed, never refused


def lines_of_number(text: str) -> QuerySet[Subscription]:
    """That have this number or had it, those that live first. Raises BadContact."""
    number = read_msisdn(text).value
    had = NumberChange.objects.filter(old=number).values("subscription")
    found = Subscription.objects.filter(Q(msisdn=number) | Q(pk__in=had), customer__erased_at=None)
    return found.select_related("customer", "product").order_by(F("ended_on").desc(nulls_first=True), "-pk")


def prepaid_numbers(customer: Customer) -> int:
    """Of a person; a company's are not counted."""
    if customer.kind != Customer.Kind.PERSON:
        return 0
    return customer.subscriptions.held().filter(postpaid=False).count()
