"""What this room holds on a customer (crm/customers/holdings.py)."""

from crm.customers import holdings
from crm.customers.holdings import Person, Told, rows
from crm.segments.models import Measured, Referral

FIGURES = (
    "revenue", "bills", "bills_on_time", "credit_notes", "referrals", "exchanges", "complaints", "bad_ends", "months",
    "transaction", "interaction",
)  # fmt: skip


def register() -> None:
    holdings.register("segments", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    return {
        "measures": rows(Measured.objects.filter(customer__in=person.ids), *FIGURES),
        "brought_in": rows(Referral.objects.filter(customer__in=person.ids), "at", "by__name"),
        "brought_in_by_somebody": rows(Referral.objects.filter(brought__in=person.ids), "at", "by__name"),
    }


def erase(person: Person) -> list[str]:
    Measured.objects.filter(customer__in=person.ids).delete()
    Referral.objects.filter(brought__in=person.ids).delete()
    Referral.objects.filter(customer__in=person.ids).delete()
    return []
