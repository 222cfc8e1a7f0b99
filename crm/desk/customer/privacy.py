"""What a customer allows, purpose by purpose, with the proof; and what rests: for the tab "Consent & privacy"."""

from dataclasses import dataclass
from typing import Any

from crm.customers.consent_texts import Text, texts_in_force
from crm.customers.models import Consent, Customer, Purpose
from crm.messaging.models import Message
from crm.staff.access import may
from crm.staff.guard import StaffRequest
from crm.timeline.models import Channel

HELD_BACK = 5


@dataclass(frozen=True)
class Allowed:
    """One purpose: the text in force, and the customer's last answer to any version of it."""

    purpose: str
    label: str
    text: Text
    last: Consent | None

    @property
    def stands(self) -> bool:
        return self.last is not None and self.last.answer == Consent.Answer.YES and self.last.withdrawn_at is None

    @property
    def is_older(self) -> bool:
        """They agreed, to a text that has been replaced since."""
        return self.stands and self.last is not None and self.last.version != str(self.text.version)

    @property
    def since(self) -> Any:
        return self.last and (self.last.withdrawn_at or self.last.given_at)


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


def allowed_of(answers: list[Consent]) -> list[Allowed]:
    """`answers`: all of one customer, the newest first. A yes that stands outranks whatever is beside it."""
    texts, last = texts_in_force(), {}
    for one in sorted(answers, key=_stands):
        if one.purpose not in last or _stands(one):
            last[one.purpose] = one
    return [Allowed(code, str(label), texts[code], last.get(code)) for code, label in Purpose.choices]


def _stands(consent: Consent) -> bool:
    return consent.answer == Consent.Answer.YES and consent.withdrawn_at is None


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    answers = list(customer.consents.select_related("by", "withdrawn_by"))
    held_back = Message.objects.held_back().filter(customer=customer).order_by("-pk")
    return {
        "allowed": allowed_of(answers),
        "history": [Answered(one) for one in answers],
        "restrictions": list(customer.restrictions.select_related("by", "lifted_by")),
        "held_back": list(held_back[:HELD_BACK]),
        "may_record": may(request.user, "consent.record"),
        "may_restrict": may(request.user, "customer.restrict"),
    }
