"""Who stands at the counter: by a whole number or NIK, or by name. Shown are name, town and a masked number."""

from dataclasses import dataclass

from django.db.models import Prefetch

from crm.customers.masking import mask_msisdn
from crm.customers.models import ContactPoint, Customer
from crm.customers.numbers import NIK_LENGTH
from crm.customers.search import find_by_name, find_by_number, find_by_paper

MOST = 6
WHOLE = 9  # digits: below that a number is still being typed


@dataclass(frozen=True)
class Match:
    customer: Customer
    number: str


@dataclass(frozen=True)
class Found:
    typed: str
    matches: list[Match]
    is_short: bool = False  # more has to be typed before anybody can be found
    may_add: bool = False  # a whole number that nobody has


def find(by: str, text: str) -> Found:
    if by == "nik":
        is_short = sum(letter.isdigit() for letter in text) < NIK_LENGTH
        return Found(text, [] if is_short else _matches(find_by_paper(text)[:MOST]), is_short)
    if by == "name":
        return Found(text, _matches(find_by_name(text, limit=MOST)), is_short=len(text.strip()) < 3)
    is_short = sum(letter.isdigit() for letter in text) < WHOLE
    ids = [] if is_short else find_by_number(text)
    return Found(text, _matches(ids[:MOST]), is_short, may_add=not ids and not is_short)


def _matches(ids: list[int]) -> list[Match]:
    numbers = ContactPoint.objects.filter(kind=ContactPoint.Kind.MSISDN).order_by("pk")
    kept = Customer.objects.filter(absorbed_into=None, erased_at=None).prefetch_related(
        Prefetch("contact_points", numbers)
    )
    found = kept.in_bulk(ids)
    return [Match(found[pk], _number(found[pk])) for pk in ids if pk in found]


def _number(customer: Customer) -> str:
    first = next(iter(customer.contact_points.all()), None)
    return mask_msisdn(first.value) if first else ""
