"""What this room holds on a customer (crm/customers/holdings.py)."""

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from crm.billing.models import (
    Bill,
    CreditNote,
    ExternalId,
    Load,
    Payment,
    Refusal,
    TierChange,
    TierOverride,
    TopUp,
    Usage,
)
from crm.customers import holdings
from crm.customers.holdings import Person, Told, bearing, blank, naming, rows
from crm.lib.display import rupiah


def register() -> None:
    holdings.register("billing", describe=describe, erase=erase, forbids=forbids)


def describe(person: Person) -> Told:
    return {
        "bills": _of(Bill, person, "number", "month", "net", "tax", "total", "issued", "due", "paid"),
        "payments": _of(Payment, person, "reference", "amount", "paid_on", "method"),
        "top_ups": _of(TopUp, person, "reference", "amount", "bought_on", "method"),
        "credit_notes": _of(CreditNote, person, "reference", "month", "amount", "given_on", "reason"),
        "usage": _of(Usage, person, "month", "minutes_in", "minutes_out", "sms", "megabytes", "charged", "recharged"),
        "numbers_elsewhere": _of(ExternalId, person, "source", "value"),
        "tiers": _of(TierChange, person, "before", "after", "why", "arpu", "month", "at"),
        "tiers_by_hand": _of(TierOverride, person, "tier", "reason", "until", "by__name", "created_at", "ended_at"),
    }


def _of(model: Any, person: Person, *fields: str) -> list[dict[str, Any]]:
    return rows(model.objects.filter(customer__in=person.ids), *fields)


def forbids(person: Person) -> list[str]:
    unpaid = Bill.objects.filter(customer__in=person.ids, paid=None, total__gt=0)
    owed = unpaid.aggregate(sum=Sum("total"))["sum"]
    return [_("Bills are not paid: %(sum)s. The ledger needs to know by whom.") % {"sum": rupiah(owed)}] if owed else []


def erase(person: Person) -> list[str]:
    """Amounts stay, under a record that is nobody's. A file in which they came goes too, once it is read."""
    ExternalId.objects.filter(customer__in=person.ids).delete()
    blank(CreditNote.objects.filter(customer__in=person.ids), "reason")
    blank(TierOverride.objects.filter(customer__in=person.ids), "reason")
    bearing(Refusal.objects.all(), "cells", person).delete()
    ended = Load.objects.filter(state__in=[Load.State.DONE, Load.State.FAILED]).exclude(file="")
    files = naming(ended.values_list("file", flat=True), person)
    ended.filter(file__in=files).update(file="")
    return files
