"""May this message go? Consent is asked when it is queued, and again when it is sent (UU PDP 27/2022).

What leaves in bulk may have waited for hours: at its sending the rooms above are asked as well (the contact policy).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from crm.customers.consenting import lock
from crm.customers.contacting import No, may_contact
from crm.customers.errors import CustomerGone
from crm.messaging.models import Message


@dataclass(frozen=True)
class Refusal:
    """Why not, a code that words.py puts into words. `until`: ask again then; for good where that is empty."""

    why: str
    until: dt.datetime | None = None


Ask = Callable[[Message], Refusal | None]
_asks: list[Ask] = []


def register(ask: Ask) -> None:
    """From `AppConfig.ready()`: asked in the sender's transaction, which holds the message; it reads only."""
    _asks.append(ask)


def refusal(message: Message) -> Refusal | None:
    """None: the customer allows it. Answers and service have no purpose, and may.

    The customer is held until the caller's transaction ends: whoever takes a consent back meanwhile waits for us, or
    we for them. Of the two, one is first.
    """
    if not message.purpose:
        return None
    try:
        customer = lock(message.customer)
    except CustomerGone:
        return Refusal(No.GONE)
    why_not = may_contact(
        customer=customer, purpose=message.purpose, channel=message.channel, recipient=message.recipient
    ).why_not
    return Refusal(why_not) if why_not else None


def refusal_now(message: Message) -> Refusal | None:
    """The same at the very sending."""
    refused = refusal(message)
    if refused is None and message.bulk:
        return next((said for ask in _asks if (said := ask(message))), None)
    return refused
