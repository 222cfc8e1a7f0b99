"""Channels: one adapter for each way to reach a customer. A network registers its own in `AppConfig.ready()`.

No code outside an adapter asks which channel it is: what differs is said by the adapter's attributes.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.conf import settings
from django.utils.functional import Promise

from crm.messaging.errors import UnknownChannel
from crm.messaging.models import Connection, Message


class Sent(NamedTuple):
    """The other side took it. `external_id` is what it is called there; `fault` is what ails it all the same."""

    external_id: str = ""
    fault: str = ""


class Report(NamedTuple):
    """What the network says of a message that it took. `began` tells the try; `reason` holds nothing personal."""

    channel: str
    message: int
    began: dt.datetime | None
    delivery: str
    at: dt.datetime
    reason: str = ""
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


@dataclass(frozen=True)
class Field:
    """One thing that a connection of this channel needs to know; the page of channels draws its form from these."""

    name: str
    label: Promise
    kind: Literal["text", "number", "flag", "url", "secret"] = "text"
    required: bool = True
    default: str | int | bool = ""
    help: Promise | str = ""


@dataclass(frozen=True)
class Standing:
    """Whether one may write now, what to say about it before anybody types, and until when it holds."""

    may: bool = True
    said: Promise | str = ""
    until: dt.datetime | None = None


class Adapter:
    """One channel. `send` is called outside any transaction, at most once for a claim."""

    can_public: bool = False
    can_attach: bool = False
    max_length: int | None = None
    unit: Promise | str = ""
    """What `measure` counts; empty: characters."""
    logs_only: bool = False
    """Nothing leaves over a network: the contact took place, or takes place by hand; recorded as sent at once."""
    repeatable: bool = False
    """The other side drops a second message with our key, so that a doubtful one may simply be sent again."""
    marks_subject: bool = False
    """A subject travels along and comes back with the reply: the case's mark stands in it."""
    own_addresses: bool = False
    """A case has an address of its own here, or none, whatever we know of the customer: `address_of` says which."""
    fields: tuple[Field, ...] = ()
    """What a connection needs. Empty: the channel has no connections, or one that the settings give."""
    callback: str = ""
    """Name of the URL (argument: the connection's hook) that the other side calls; empty: it calls none."""
    callback_is_secret: bool = False
    """Nothing that comes there is signed: whoever knows the address can speak as the other side."""
    callback_says: Promise | str = ""
    """Where at the other side that address is entered; stands beside it on the page of channels."""
    account_says: Promise | str = ""
    """What the account of a connection is on this channel, e.g. "The address from which answers leave"."""

    def send(self, message: Message) -> Sent:
        """Raises Permanent, Passing or Uncertain."""
        raise NotImplementedError

    def own_id(self, *, key: str, account: str) -> str:
        """What a message will be called, where we choose it: kept with the promise, so that a reply finds it even if
        the sender dies before it writes down that it left."""
        return ""

    def limit(self, *, is_public: bool) -> int | None:
        """How long a text may be, counted by `measure`; None: as long as one likes."""
        return self.max_length

    def measure(self, text: str) -> int:
        """The length as the network counts it."""
        return len(text)

    def address_of(self, *, case: int) -> str:
        """Where answers in the case with this id go; empty: nowhere. Asked where `own_addresses`."""
        return ""

    def standing(self, *, account: str, recipient: str, reply_to: str, is_public: bool) -> Standing:
        """May we write this way now? `reply_to` is the network's id of the customer's newest message this way."""
        return Standing()

    def private_link(self, *, account: str) -> str:
        """An address that opens a private message to our account there; empty where there is no such thing."""
        return ""

    def callback_base(self, connection: Connection) -> str:
        """How the other side's address of us begins."""
        return str(settings.SITE_URL)

    def check(self, connection: Connection) -> None:
        """Ask the other side whether it would work with us. Raises SendError."""
        raise NotImplementedError

    def try_out(self, connection: Connection, *, recipient: str, text: str) -> Sent:
        """Send a test to an address of our own, past the outbox. Raises SendError."""
        raise NotImplementedError

    @property
    def can_check(self) -> bool:
        return type(self).check is not Adapter.check

    @property
    def can_try_out(self) -> bool:
        return type(self).try_out is not Adapter.try_out


def connection_of(message: Message) -> Connection | None:
    """The connection over which it goes: that of its account, else the channel's first."""
    here = Connection.objects.of(message.channel)
    return here.filter(account__iexact=message.account).first() or here.first()


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
