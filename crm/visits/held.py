"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import QuerySet

from crm.customers import holdings
from crm.customers.holdings import Person, Told, blank, rows
from crm.visits.models import Visit


def register() -> None:
    holdings.register("visits", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    return {
        "visits": rows(
            Visit.objects.filter(customer__in=person.ids), "id", "office__name", "day", "series", "number", "purpose",
            "is_priority", "note", "arrived_at", "called_at", "started_at", "ended_at", "counter", "by__name",
            "outcome", "remark", "paper", "paper_at", "paper_by__name",
        )
    }  # fmt: skip


def erase(person: Person) -> list[str]:
    """When somebody came and how long they waited is statistics; what they said goes."""
    theirs = Visit.objects.filter(customer__in=person.ids)
    theirs.update(external_id="")
    return forget(theirs)


def forget(visits: QuerySet[Visit]) -> list[str]:
    blank(visits, "note", "remark")
    return []
