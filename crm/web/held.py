"""What this room holds on a customer (crm/customers/holdings.py)."""

from collections.abc import Iterable

from django.utils import timezone

from crm.customers import holdings
from crm.customers.held import bare
from crm.customers.holdings import GONE, Person, Told, rows
from crm.web.models import Filing, StatusLink


def register() -> None:
    holdings.register("web", describe=describe, erase=erase, marks=marks)


def describe(person: Person) -> Told:
    return {
        "forms": rows(
            Filing.objects.filter(case__customer__in=person.ids), "case__number", "page", "name", "honorific", "msisdn",
            "email", "prefers", "language", "consent", "at",
        ),
        "status_links": rows(StatusLink.objects.filter(case__customer__in=person.ids), "made_at", "ended_at"),
    }  # fmt: skip


def marks(person: Person) -> Iterable[str]:
    """As its writer said: perhaps no contact of the record."""
    for number, email in Filing.objects.filter(case__customer__in=person.ids).values_list("msisdn", "email"):
        yield from (bare(number), email)


def erase(person: Person) -> list[str]:
    filings = Filing.objects.filter(case__customer__in=person.ids)
    filings.update(name=GONE, honorific="", msisdn="", email=GONE, digest="")
    live = StatusLink.objects.filter(case__customer__in=person.ids, ended_at=None)
    live.update(ended_at=timezone.now())
    return []
