"""One message to all who hang on a problem: the way to each through the case's own channel, and what each would read.

Set-based: three queries for a page of cases, and what the adapters ask themselves.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.actions.answering import KIND_OF_CONTACT, own_address
from crm.cases.errors import CannotTell, CaseEnded, NoWayToAnswer, PersonalDataInPublic
from crm.cases.models import Case, Problem
from crm.customers import personal_data
from crm.customers.models import ContactPoint, Customer
from crm.messaging import channels
from crm.messaging.channels import Adapter, Standing
from crm.messaging.errors import MayNotWrite, TooLong, UnknownChannel
from crm.timeline.models import Channel, Direction, Interaction

FIELD = re.compile(r"\{(\w*)\}")
FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("How we call the customer"),
    "case": gettext_lazy("Number of their case"),
    "place": gettext_lazy("Where it is"),
    "problem": gettext_lazy("Number of the problem"),
}


def unknown_fields(text: str) -> list[str]:
    return [found for found in FIELD.findall(text) if found not in FIELDS]


@dataclass(frozen=True)
class Way:
    """How one customer would be reached, and whether. `heard` is their newest message on the case's channel."""

    case: Case
    adapter: Adapter | None
    points: list[ContactPoint]
    heard: Interaction | None

    @cached_property
    def public_standing(self) -> Standing:
        return self._standing(is_public=True)

    @cached_property
    def is_public(self) -> bool:
        """As they wrote themselves, where the network lets us answer so."""
        if self.adapter is None or self.heard is None or not (self.heard.is_public and self.adapter.can_public):
            return False
        return self.public_standing.may

    def _standing(self, *, is_public: bool) -> Standing:
        assert self.adapter is not None  # asked only where there is one
        theirs = self.heard.external_id if self.heard and self.heard.is_public == is_public else ""
        return self.adapter.standing(
            account=self.case.account, recipient=self.recipient, reply_to=theirs, is_public=is_public
        )

    @cached_property
    def recipient(self) -> str:
        """As recipient_of says, without asking anew for each case."""
        if self.adapter is not None and self.adapter.own_addresses:
            try:
                return own_address(self.case, self.case.channel)
            except NoWayToAnswer:
                return ""
        if self.heard is not None and self.heard.answer_to:
            return self.heard.answer_to
        kind = KIND_OF_CONTACT.get(Channel(self.case.channel))
        fitting = [one for one in self.points if one.kind == kind and one.network in ("", self.case.channel)]
        return fitting[0].value if fitting else ""

    @property
    def called(self) -> str:
        """By name, with the honorific the customer chose; who has none yet goes by their handle (SOP 4)."""
        customer: Customer = self.case.customer
        if customer.name and customer.kind == Customer.Kind.COMPANY:
            return customer.name
        if customer.name:
            return f"{customer.honorific} {customer.name.split()[0]}".strip()
        handles = [one for one in self.points if one.network == self.case.channel]
        if handles:
            return f"@{handles[0].display or handles[0].value}"
        with translation.override(customer.language):
            return _("Customer")

    def filled(self, text: str, problem: Problem) -> str:
        said = {
            "name": self.called,
            "case": f"#{self.case.number}",
            "place": self.case.place or problem.place,
            "problem": str(problem),
        }
        return FIELD.sub(lambda found: said.get(found[1], found[0]), text).strip()

    def refusal(self, text: str) -> str:
        """Why `text` (filled) cannot go to this customer now; empty when it can."""
        if self.case.closed_at is not None:
            return str(CaseEnded.sentence)
        if self.adapter is None:
            return str(UnknownChannel(self.case.get_channel_display()))
        if self.adapter.logs_only:
            return str(CannotTell.sentence)
        if not self.recipient:
            return str(NoWayToAnswer.sentence)
        standing = self.public_standing if self.is_public else self._standing(is_public=False)
        if not standing.may:
            return str(MayNotWrite(str(standing.said)))
        return self._refused_text(text)

    def _refused_text(self, text: str) -> str:
        assert self.adapter is not None
        most = self.adapter.limit(is_public=self.is_public)
        if most is not None and self.adapter.measure(text) > most:
            return str(TooLong(most, unit=str(self.adapter.unit)))
        if self.is_public and (found := {one.kind for one in personal_data.find(text)}):
            return str(PersonalDataInPublic(found))
        return ""


def ways(cases: Iterable[Case]) -> list[Way]:
    """`cases` with their customers, in their order."""
    cases = list(cases)
    points: dict[int, list[ContactPoint]] = {}
    ours = ContactPoint.objects.filter(customer__in={case.customer_id for case in cases})
    for point in ours.order_by("verified_at", "pk"):
        points.setdefault(point.customer_id, []).append(point)
    heard = _heard(cases)
    return [
        Way(case, _adapter(case.channel), points.get(case.customer_id, []), heard.get((case.pk, case.channel)))
        for case in cases
    ]


def _heard(cases: list[Case]) -> dict[tuple[int, str], Interaction]:
    """The customer's newest message of each case on each channel."""
    said = Interaction.objects.filter(in_case__case__in=cases, direction=Direction.IN).select_related("in_case")
    newest = said.order_by("in_case__case", "channel", "-at", "-pk").distinct("in_case__case", "channel")
    return {(one.in_case.case_id, one.channel): one for one in newest.defer("text")}


def _adapter(channel: str) -> Adapter | None:
    return channels.get(channel) if channel in channels.codes() else None
