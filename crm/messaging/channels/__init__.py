"""Channels: one adapter for each way to reach a customer. A network registers its own in `AppConfig.ready()`.

No code outside an adapter asks which channel it is: what differs is said by the adapter's attributes.
"""

import datetime as dt
from typing import NamedTuple, Protocol

from crm.messaging.errors import UnknownChannel
from crm.messaging.models import Message


class Sent(NamedTuple):
    """The other side took it. `external_id` is what it is called there."""

    external_id: str = ""


class SendError(Exception):
    """`reason` is a short technical text without personal data: it is stored and shown."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class Permanent(SendError):
    """Refused for good: trying again cannot help."""


class Passing(SendError):
    """Not now. `retry_at` when the other side said from when."""

    def __init__(self, reason: str = "", retry_at: dt.datetime | None = None) -> None:
        super().__init__(reason)
        self.retry_at = retry_at


class Uncertain(SendError):
    """It may have arrived: the connection broke before the other side said yes or no."""


class Adapter(Protocol):
    """One channel. `send` is called outside any transaction, at most once for a claim."""

    can_public: bool
    max_length: int | None
    logs_only: bool
    """Nothing leaves over a network: the contact took place, or takes place by hand; recorded as sent at once."""
    repeatable: bool
    """The other side drops a second message with our key, so that a doubtful one may simply be sent again."""

    def send(self, message: Message) -> Sent:
        """Raises Permanent, Passing or Uncertain."""
        ...


_adapters: dict[str, Adapter] = {}


def register(code: str, adapter: Adapter) -> None:
    """Called from `AppConfig.ready()` of whoever owns the channel."""
    _adapters[code] = adapter


def get(code: str) -> Adapter:
    """Raises UnknownChannel for a code nobody registered."""
    try:
        return _adapters[code]
    except KeyError:
        raise UnknownChannel(code) from None


def codes() -> list[str]:
    """The channels that can be offered for an answer."""
    return list(_adapters)
