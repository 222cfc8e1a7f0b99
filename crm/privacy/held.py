"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import QuerySet

from crm.customers import holdings
from crm.customers.holdings import Person, Told, blank, rows
from crm.privacy.models import AccessFile, DataRequest


def register() -> None:
    holdings.register("privacy", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    """The file itself is a copy of all this, and not told."""
    return {
        "requests": rows(
            DataRequest.objects.filter(customer__in=person.ids), "kind", "state", "channel", "words", "asked_at",
            "due_at", "by__name", "proposed_by__name", "decided_by__name", "decided_at", "reason",
        )
    }  # fmt: skip


def erase(person: Person) -> list[str]:
    """That somebody asked, when and what was decided is how we prove that we kept the law; their words go."""
    theirs = DataRequest.objects.filter(customer__in=person.ids)
    forget(theirs)
    AccessFile.objects.filter(request__in=theirs).update(state=AccessFile.State.GONE, sealed="")
    return []


def forget(requests: QuerySet[DataRequest]) -> list[str]:
    blank(requests, "words", "reason")
    return []
