"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import Q, QuerySet

from crm.calls.models import Call
from crm.customers import holdings
from crm.customers.holdings import Person, Told, blank, rows


def register() -> None:
    holdings.register("calls", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    return {
        "calls": rows(
            Call.objects.filter(customer__in=person.ids), "id", "msisdn", "ivr", "began_at", "answered_at", "ended_at",
            "agent__name", "reason__code", "result", "note", "next_step", "case__number",
        )
    }  # fmt: skip


def erase(person: Person) -> list[str]:
    """When somebody called and how long it took is statistics; the number and what was said go."""
    theirs = Call.objects.filter(Q(customer__in=person.ids) | Q(customer=None, msisdn__in=person.marks))
    return forget(theirs)


def forget(calls: QuerySet[Call]) -> list[str]:
    blank(calls, "note", "next_step")
    calls.update(msisdn="", ivr="")
    return []
