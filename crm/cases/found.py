"""Customers as a list shows them: named, masked, with what is open. Five queries, however many they are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from crm.cases.models import Case
from crm.customers.masking import mask_contact, mask_msisdn
from crm.customers.models import ContactPoint, Customer, Subscription

SHOWN = (ContactPoint.Kind.MSISDN, ContactPoint.Kind.EMAIL, ContactPoint.Kind.HANDLE)


@dataclass(frozen=True)
class Row:
    customer: Customer
    name: str
    number: str
    products: list[str]
    open_cases: int
    how: str = ""


def rows_of(ids: Iterable[int], how: dict[int, str] | None = None) -> list[Row]:
    """In the order given; merged and erased ones are left out."""
    wanted = list(ids)
    people = Customer.objects.filter(absorbed_into=None, erased_at=None).in_bulk(wanted)
    points, lines, cases = _points(wanted), _lines(wanted), _open_cases(wanted)
    return [
        Row(
            customer=people[pk], name=_name(people[pk], points[pk]), number=_number(points[pk], lines[pk]),
            products=list(dict.fromkeys(line.product_id for line in lines[pk])),
            open_cases=cases.get(pk, 0), how=(how or {}).get(pk, ""),
        )
        for pk in wanted if pk in people
    ]  # fmt: skip


def _points(ids: list[int]) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in ContactPoint.objects.filter(customer__in=ids, kind__in=SHOWN).order_by("verified_at", "pk"):
        found[point.customer_id].append(point)
    return found


def _lines(ids: list[int]) -> dict[int, list[Subscription]]:
    found: dict[int, list[Subscription]] = defaultdict(list)
    for line in Subscription.objects.held().filter(customer__in=ids).order_by("-arpu", "pk"):
        found[line.customer_id].append(line)
    return found


def _open_cases(ids: list[int]) -> dict[int, int]:
    running = Case.objects.live().running().filter(customer__in=ids)
    return dict(running.order_by().values_list("customer").annotate(n=Count("pk")))


def _name(customer: Customer, points: list[ContactPoint]) -> str:
    handle = next((one for one in points if one.kind == ContactPoint.Kind.HANDLE), None)
    return customer.name or (f"@{handle.display or handle.value}" if handle else str(customer))


def _number(points: list[ContactPoint], lines: list[Subscription]) -> str:
    """What they are told apart by, masked."""
    numbers = [line.msisdn for line in lines if ":" not in line.msisdn]
    if numbers:
        return mask_msisdn(numbers[0])
    first = min(points, key=lambda one: SHOWN.index(ContactPoint.Kind(one.kind)), default=None)
    return mask_contact(first.kind, first.value) if first else ""
