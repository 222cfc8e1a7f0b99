"""Two records beside each other: what they are, masked, where they differ, and why they may be one customer."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import formats

from crm.customers.duplicates import REASONS
from crm.customers.masking import mask_contact, mask_msisdn
from crm.customers.merging import FIELDS
from crm.customers.models import Customer, Duplicate
from crm.customers.words import FIELD_WORDS

PAGE = 25


@dataclass(frozen=True)
class Difference:
    """One field in which they differ: what each says, and whose is proposed: "first" or "second"."""

    field: str
    word: str
    first: str
    second: str
    proposed: str


@dataclass(frozen=True)
class Side:
    """One of the two, with what would move."""

    customer: Customer
    contacts: list[str]
    lines: list[str]
    papers: list[str]
    cases: int

    @property
    def name(self) -> str:
        return str(self.customer)


def side_of(customer: Customer) -> Side:
    return Side(
        customer,
        [mask_contact(point.kind, point.value) for point in customer.contact_points.order_by("pk")],
        [f"{line.product_id} {mask_msisdn(line.msisdn)}" for line in customer.subscriptions.held().order_by("pk")],
        [f"{paper.get_kind_display()} {paper.masked}" for paper in customer.documents.order_by("kind")],
        customer.cases.count(),
    )


def differences(first: Customer, second: Customer, survivor: str) -> list[Difference]:
    """Where one says nothing the other is proposed; else whoever stays."""
    differing = [field for field in FIELDS if getattr(first, field) != getattr(second, field)]
    return [
        Difference(
            field,
            str(FIELD_WORDS[field]),
            shown(first, field),
            shown(second, field),
            _proposed(first, second, field, survivor),
        )
        for field in differing
    ]


def _proposed(first: Customer, second: Customer, field: str, survivor: str) -> str:
    if not getattr(first, field) or not getattr(second, field):
        return "first" if getattr(first, field) else "second"
    return survivor


def shown(customer: Customer, field: str) -> str:
    """A birth date by its year: that they differ is to be seen, not when somebody was born."""
    value: Any = getattr(customer, field)
    if not value:
        return "–"
    if field == "birth_date":
        return f"••.••.{value.year}"
    if field == "since":
        return formats.date_format(value, "j M Y")
    if field == "hobbies":
        return ", ".join(value)
    display = getattr(customer, f"get_{field}_display", None)
    return str(display() if display else value)


def surer(first: Customer, second: Customer) -> str:
    """Who stays, as a proposal: who has lines, then who came first."""
    held = [one.subscriptions.held().count() for one in (first, second)]
    return "second" if held[1] > held[0] else "first"


def words_of(reasons: list[str]) -> list[str]:
    return [str(REASONS[one][1]) for one in reasons if one in REASONS]


def listed(state: str) -> QuerySet[Duplicate]:
    """The surest first; what is decided by when."""
    found = Duplicate.objects.filter(state=state).select_related("first", "second", "decided_by")
    return found.order_by("-score", "pk") if state == Duplicate.State.PROPOSED else found.order_by("-decided_at", "-pk")


def page_of(found: QuerySet[Duplicate], page: str) -> tuple[list[Duplicate], str]:
    """Twenty-five after the row whose id is `page`; and the id after which the next page begins."""
    last = found.filter(pk=int(page)).first() if page.isdecimal() else None
    if last is not None:
        found = _after(found, last)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def _after(found: QuerySet[Duplicate], last: Duplicate) -> QuerySet[Duplicate]:
    if last.state == Duplicate.State.PROPOSED:
        return found.filter(score__lt=last.score) | found.filter(score=last.score, pk__gt=last.pk)
    return found.filter(decided_at__lt=last.decided_at) | found.filter(decided_at=last.decided_at, pk__lt=last.pk)
