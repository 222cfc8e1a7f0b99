"""What a customer allows, purpose by purpose: the last answer beside the text that is in force."""

import datetime as dt
from dataclasses import dataclass

from crm.customers.consent_texts import Text, texts_in_force
from crm.customers.models import Consent, Purpose


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
    def since(self) -> dt.datetime | None:
        return (self.last.withdrawn_at or self.last.given_at) if self.last else None


def allowed_of(answers: list[Consent]) -> list[Allowed]:
    """`answers`: all of one customer, the newest first. A yes that stands outranks whatever is beside it."""
    texts, last = texts_in_force(), {}
    for one in sorted(answers, key=_stands):
        if one.purpose not in last or _stands(one):
            last[one.purpose] = one
    return [Allowed(code, str(label), texts[code], last.get(code)) for code, label in Purpose.choices]


def _stands(consent: Consent) -> bool:
    return consent.answer == Consent.Answer.YES and consent.withdrawn_at is None
