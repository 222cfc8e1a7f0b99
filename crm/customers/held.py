"""What this room holds on a customer (holdings.py)."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from crm.customers import holdings
from crm.customers.holdings import Person, Told, rows
from crm.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Correction,
    Customer,
    Duplicate,
    IdentityDocument,
    Merge,
    NumberChange,
    Proof,
    Restriction,
    Reveal,
    ServiceOrder,
    Subscription,
)
from crm.lib.sealed import unseal

# What a record says of somebody, and what it says once they are forgotten. Kind, tier and since stay: statistics.
NOBODY: dict[str, Any] = {
    "name": "", "honorific": "", "sex": "", "birth_date": None, "hobbies": [], "language": "id", "city": "",
    "preferred_channel": "", "do_not_disturb": True, "quality": None,
}  # fmt: skip


def register() -> None:
    holdings.register("customers", describe=describe, erase=erase, marks=marks)


def describe(person: Person) -> Told:
    ids = person.ids
    return {
        "customer": rows(
            Customer.objects.filter(pk__in=ids), "id", *NOBODY, "kind", "tier", "since", "time_zone", "created_at",
            "restricted_at",
        ),
        "contacts": rows(of(ContactPoint, ids), "kind", "network", "value", "display", "verified_at", "created_at"),
        "addresses": rows(
            of(Address, ids), "kind", "street", "rt", "rw", "village", "district", "city", "province", "post_code",
            "verified_at", "updated_at",
        ),
        "identity_documents": _papers(ids),
        "consents": rows(
            of(Consent, ids), "purpose", "answer", "text", "version", "language", "given_at", "channel", "by__name",
            "withdrawn_at", "withdrawn_channel", "withdrawn_by__name",
        ),
        "restrictions": rows(
            of(Restriction, ids), "reason", "at", "by__name", "lifted_at", "lifted_by__name", "lifted_reason"
        ),
        "corrections": rows(of(Correction, ids), "flaw", "thing", "state", "found_at", "decided_at", "remark"),
        "lines": rows(
            of(Subscription, ids), "msisdn", "product", "state", "state_since", "arpu", "activated_on", "active_until",
            "grace_until", "ended_on", "registration", "registration_reference", "registered_at",
        ),
        "number_changes": rows(
            NumberChange.objects.filter(subscription__customer__in=ids), "old", "new", "reference", "at"
        ),
        "orders": rows(
            of(ServiceOrder, ids), "kind", "state", "reference", "planned_for", "done_at", "remark", "created_at"
        ),
        "reveals": rows(
            of(Reveal, ids), "what", "by__name", "reason", "at"
        ),
        "merges": rows(Merge.objects.filter(survivor__in=ids), "absorbed", "at", "by__name", "undone_at"),
    }  # fmt: skip


def _papers(ids: frozenset[int]) -> list[dict[str, Any]]:
    told = rows(of(IdentityDocument, ids), "kind", "sealed", "warnings", "checked_at", "checked_by__name")
    return [row | {"sealed": "", "number": _number(row["sealed"])} for row in told]


def _number(sealed: str) -> str:
    """Whatever the box calls it: it holds one number."""
    return next(iter(unseal(sealed).values()), "")


def marks(person: Person) -> Iterable[str]:
    for value in of(ContactPoint, person.ids).values_list("value", flat=True):
        yield bare(value)
    for value in of(Subscription, person.ids).values_list("msisdn", flat=True):
        yield bare(value)
    for pair in NumberChange.objects.filter(subscription__customer__in=person.ids).values_list("old", "new"):
        yield from map(bare, pair)
    for sealed in of(IdentityDocument, person.ids).values_list("sealed", flat=True):
        yield _number(sealed)
    for name in Customer.objects.filter(pk__in=person.ids).values_list("name", flat=True):
        yield name if " " in name else ""  # one word is half of the town's name


def bare(value: str) -> str:
    """A number without its country: so it stands in +62…, 62… and 0…."""
    return value.removeprefix("+62")


def erase(person: Person) -> list[str]:
    ids = person.ids
    lines = of(Subscription, ids)
    NumberChange.objects.filter(subscription__in=lines).delete()
    anonymous = Concat(Value("erased-"), Cast(F("pk"), CharField()))
    lines.update(msisdn=anonymous, registration_reference="")
    Subscription.objects.filter(user__in=ids).update(user=None)
    orders = of(ServiceOrder, ids)
    orders.update(reference=anonymous, remark="")
    Proof.objects.filter(Q(source__in=ids) | Q(into__in=ids)).delete()
    for model in (Reveal, ContactPoint, Address, IdentityDocument, Correction):
        of(model, ids).delete()
    Duplicate.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    Merge.objects.filter(Q(survivor__in=ids) | Q(absorbed__in=ids)).update(sealed="")
    of(Consent, ids).update(text="")  # the version says which it was; that it was given stays provable
    of(Restriction, ids).update(reason="", lifted_reason="")
    of(Consent, ids).standing().update(withdrawn_at=timezone.now())
    Customer.objects.filter(pk__in=ids).update(**NOBODY)
    _erase_history(ids)
    return []


def _erase_history(ids: frozenset[int]) -> None:
    """Last: taking away what stands on the record has just been written down, too."""
    _past(Customer).filter(pgh_obj_id__in=ids).delete()
    for model in (ContactPoint, Address):
        _past(model).filter(customer_id__in=ids).delete()


def _past(model: type[models.Model]) -> Any:
    """What pghistory keeps of it."""
    return apps.get_model("customers", f"{model.__name__}Past")._default_manager


def of(model: type[models.Model], ids: frozenset[int]) -> Any:
    return model._default_manager.filter(customer__in=ids)
