"""Which customers somebody means by what they typed: a number, a former number, an address, a handle, a case, a
reference of another system, or a name with typing errors. Pages, palette and API ask here: all find
the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.billing.models import ExternalId
from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.customers import search
from crm.staff.access import may
from crm.staff.models import User

LIMIT = 20
LONGEST = 100  # letters that are read
CASE = re.compile(r"#\s*(\d{1,14})")


class How(TextChoices):
    NUMBER = "number", _("by the number")
    FORMER = "former", _("by a former number")
    PAPER = "paper", _("by an identity document")
    EMAIL = "email", _("by the e-mail address")
    HANDLE = "handle", pgettext_lazy("found", "by the handle")
    CASE = "case", pgettext_lazy("found", "by the case")
    REFERENCE = "reference", _("by a reference of another system")
    NAME = "name", pgettext_lazy("found", "by the name")


@dataclass(frozen=True)
class Match:
    customer_id: int
    how: How


def customers_like(text: str, *, cases: CaseQuerySet, papers: bool = False, limit: int = LIMIT) -> list[Match]:
    """The surest first, each customer once. `cases`: those whose number may lead to their customer; `papers`: may a
    NIK or another paper do so?"""
    text = " ".join(text.split())[:LONGEST]
    found: dict[int, How] = {}
    for pk, how in _matches(text, cases, papers, limit) if text else ():
        found.setdefault(pk, how)
    return [Match(pk, how) for pk, how in found.items()][:limit]


def is_number(text: str) -> bool:
    """Digits and what stands between them in a telephone number."""
    return sum(letter.isdigit() for letter in text) >= 8 and not any(map(str.isalpha, text))


def _matches(text: str, cases: CaseQuerySet, papers: bool, limit: int) -> Iterator[tuple[int, How]]:
    """What identifies one is asked first; names only of what can be one."""
    yield from _all(search.find_by_number(text), How.NUMBER)
    yield from _all(search.find_by_former_number(text), How.FORMER)
    yield from _all(_of_case(text, cases), How.CASE)
    yield from _all(_of_reference(text), How.REFERENCE)
    yield from _all(search.find_by_paper(text) if papers else [], How.PAPER)
    if is_number(text) or text.startswith("#"):
        return
    if "@" in text[1:]:
        yield from _all(search.find_by_email(text), How.EMAIL)
        return
    if not text.startswith("@"):
        yield from _all(search.find_by_name(text, limit=limit), How.NAME)
    yield from _all(search.find_by_handle(text, limit=limit), How.HANDLE)


def _all(ids: list[int], how: How) -> Iterator[tuple[int, How]]:
    return ((pk, how) for pk in ids)


def cases_known_to(user: User) -> CaseQuerySet:
    """Another team's too, where the role may look at it."""
    return Case.objects.all() if may(user, "case.look") else Case.objects.visible_to(user)


def _of_case(text: str, cases: CaseQuerySet) -> list[int]:
    """With its sign or without."""
    number = text if text.isdecimal() and len(text) < 8 else (m := CASE.fullmatch(text)) and m[1]
    return list(cases.filter(number=int(number)).values_list("customer", flat=True)) if number else []


def _of_reference(text: str) -> list[int]:
    """Whole, as the other system writes it. One word: a name has no business here."""
    if " " in text or not any(map(str.isdigit, text)):
        return []
    found = ExternalId.objects.filter(value=text, customer__absorbed_into=None, customer__erased_at=None)
    return list(found.values_list("customer", flat=True)[:LIMIT])
