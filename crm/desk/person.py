"""The customer beside a case: who they are, masked; what they have; what else is open."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from crm.billing.models import Value
from crm.billing.picture import value_of
from crm.cases.models import Case
from crm.cases.words import Kind
from crm.customers.masking import mask_contact, mask_msisdn
from crm.customers.models import ContactPoint, Customer, Subscription
from crm.staff.models import User
from crm.timeline.models import Interaction

MANY, RECENT = 3, dt.timedelta(days=90)  # "3+ complaints in 90 days" (domain.md §4, stage 20)
LINES = 8


@dataclass(frozen=True)
class Contact:
    point: ContactPoint

    @property
    def masked(self) -> str:
        return mask_contact(self.point.kind, self.point.value)

    @property
    def is_hidden(self) -> bool:
        return self.point.kind != ContactPoint.Kind.HANDLE


@dataclass(frozen=True)
class Line:
    subscription: Subscription

    @property
    def masked(self) -> str:
        return mask_msisdn(self.subscription.msisdn)


class Person:
    """Each card asks for its own rows, when it is drawn."""

    def __init__(self, customer: Customer, points: list[ContactPoint]) -> None:
        self.customer, self._points = customer, points

    @property
    def contacts(self) -> list[Contact]:
        return [Contact(point) for point in self._points]

    @property
    def verified(self) -> int:
        return sum(point.verified_at is not None for point in self._points)

    @property
    def name(self) -> str:
        return self.customer.name or self.handle or str(self.customer)

    @property
    def handle(self) -> str:
        return next((mask_contact(p.kind, p.value) for p in self._points if p.kind == ContactPoint.Kind.HANDLE), "")

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(one) for one in self.customer.subscriptions.order_by("state", "-arpu")]

    @cached_property
    def value(self) -> Value | None:
        """The same figure as on their own page."""
        return value_of(self.customer)

    @cached_property
    def complaints(self) -> int:
        recent = timezone.now() - RECENT
        return self.customer.cases.live().filter(kind=Kind.COMPLAINT, opened_at__gte=recent).count()

    @property
    def complains_often(self) -> bool:
        return self.complaints >= MANY


def other_open_cases(case: Case) -> list[Case]:
    """Of the same customer, whichever team has them: a look at another team's is recorded when it is opened."""
    running = Case.objects.live().running().filter(customer=case.customer_id).exclude(pk=case.pk)
    return list(running.by_deadline().with_list_columns()[:LINES])


def others_in_thread(case: Case, user: User) -> list[Case]:
    """Other people's open cases in the same thread of the network (one_case_a_conversation serves it)."""
    if not case.conversation:
        return []
    here = (
        Case.objects.live()
        .visible_to(user)
        .filter(
            channel=case.channel, account=case.account, conversation=case.conversation, closed_at=None, merged_into=None
        )
    )
    return list(here.exclude(customer=case.customer_id).with_list_columns().order_by("pk")[:LINES])


def earlier_contacts(case: Case) -> list[Interaction]:
    """What the customer brought before, on every channel, newest first."""
    before = Interaction.objects.filter(customer=case.customer_id).exclude(in_case__case=case)
    return list(before.select_related("in_case__case").order_by("-at")[:LINES])
