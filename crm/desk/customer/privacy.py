"""What a customer allows, purpose by purpose, with the proof; and what rests: for the tab "Consent & privacy"."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from crm.customers.allowed import allowed_of
from crm.customers.models import Consent, Customer
from crm.messaging.models import Message
from crm.staff.access import may
from crm.staff.guard import StaffRequest
from crm.timeline.models import Channel

HELD_BACK = 5
REQUESTS = 10


@dataclass(frozen=True)
class Answered:
    """One answer in the history, with the channels in words."""

    consent: Consent

    @property
    def channel(self) -> str:
        return channel_label(self.consent.channel)

    @property
    def withdrawn_channel(self) -> str:
        return channel_label(self.consent.withdrawn_channel)


def channel_label(code: str) -> str:
    return str(dict(Channel.choices).get(code, code))


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    answers = list(customer.consents.select_related("by", "withdrawn_by"))
    held_back = Message.objects.held_back().filter(customer=customer).order_by("-pk")
    return {
        "allowed": allowed_of(answers),
        "history": [Answered(one) for one in answers],
        "restrictions": list(customer.restrictions.select_related("by", "lifted_by")),
        "requests": list(customer.data_requests.select_related("case").order_by("-asked_at")[:REQUESTS]),
        "now": timezone.now(),
        "may_ask": may(request.user, "privacy.ask"),
        "may_manage": may(request.user, "privacy.manage"),
        "held_back": list(held_back[:HELD_BACK]),
        "may_record": may(request.user, "consent.record"),
        "may_restrict": may(request.user, "customer.restrict"),
    }
