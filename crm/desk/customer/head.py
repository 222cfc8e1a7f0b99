"""Who the customer is, in the head of every tab: name, tier and since when, numbers and papers masked."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise

from crm.billing.models import TierChange, TierOverride, Value
from crm.billing.picture import value_of
from crm.cases.models import Case
from crm.customers.masking import mask_contact, mask_msisdn
from crm.customers.models import ContactPoint, Customer, IdentityDocument, Subscription
from crm.desk.rows import Row, rows_of
from crm.desk.tense import Now
from crm.segments.models import Measured
from crm.segments.picture import measured_of
from crm.staff.models import Language

OPEN_SHOWN = 20
REVEALABLE = (ContactPoint.Kind.MSISDN, ContactPoint.Kind.EMAIL, ContactPoint.Kind.POST)


@dataclass(frozen=True)
class Contact:
    point: ContactPoint

    @property
    def masked(self) -> str:
        return mask_contact(self.point.kind, self.point.value)

    @property
    def is_hidden(self) -> bool:
        return self.point.kind in REVEALABLE


class Head:
    """Each fact is asked for once, by whoever shows it first."""

    def __init__(self, customer: Customer, now: Now) -> None:
        self.customer, self._now = customer, now

    @cached_property
    def contacts(self) -> list[Contact]:
        return [Contact(point) for point in self.customer.contact_points.order_by("kind", "verified_at", "pk")]

    @cached_property
    def papers(self) -> list[IdentityDocument]:
        """NIK first."""
        found = list(self.customer.documents.all())
        return sorted(found, key=lambda one: list(IdentityDocument.Kind).index(IdentityDocument.Kind(one.kind)))

    @cached_property
    def lines(self) -> list[Subscription]:
        return list(self.customer.subscriptions.held().order_by("-arpu", "pk"))

    @property
    def name(self) -> str:
        handles = (one.masked for one in self.contacts if one.point.kind == ContactPoint.Kind.HANDLE)
        return self.customer.name or next(handles, str(self.customer))

    @cached_property
    def numbers(self) -> list[str]:
        """Masked, lines first; what is both a line and a contact once."""
        known = [one.msisdn for one in self.lines if ":" not in one.msisdn]
        points = [one.point.value for one in self.contacts if one.point.kind == ContactPoint.Kind.MSISDN]
        return [mask_msisdn(number) for number in dict.fromkeys([*known, *points])]

    @property
    def more_numbers(self) -> int:
        return max(0, len(self.numbers) - 1)

    @property
    def revealable(self) -> ContactPoint | None:
        """The number that the head shows, where it is a contact."""
        points = [one.point for one in self.contacts if one.point.kind == ContactPoint.Kind.MSISDN]
        return next((point for point in points if mask_msisdn(point.value) == self.numbers[0]), None)

    @property
    def language(self) -> str | Promise:
        return dict(Language.choices).get(self.customer.language, self.customer.language)

    @cached_property
    def value(self) -> Value | None:
        return value_of(self.customer)

    @cached_property
    def measured(self) -> Measured | None:
        return measured_of(self.customer)

    @cached_property
    def override(self) -> TierOverride | None:
        return TierOverride.objects.filter(customer=self.customer, ended_at=None).select_related("by").first()

    @cached_property
    def tier_change(self) -> TierChange | None:
        """Since when they have the tier they have."""
        newest = self.customer.tier_changes.first()
        return newest if newest and newest.after == self.customer.tier else None

    @cached_property
    def open_cases(self) -> list[Row]:
        running = Case.objects.live().running().filter(customer=self.customer)
        return rows_of(running.by_deadline().with_list_columns()[:OPEN_SHOWN], self._now)

    @property
    def pressing(self) -> int:
        """Open cases that are late or nearly."""
        return sum(row.tense in ("risk", "late") for row in self.open_cases)

    @cached_property
    def corrections(self) -> int:
        return self.customer.corrections.filter(state="open").count()
