import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from django.utils import timezone
from pytest_django import Settings

from crm.customers.models import Customer
from crm.messaging import channels
from crm.messaging.actions import queue_message
from crm.messaging.channels import Adapter, SendError, Sent
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.messaging.mailserver import MailServer, Post
from tests.people import a_customer, a_member

Queue = Callable[..., Message]


class Counterpart(Adapter):
    """A network at the other end of an adapter: notes what reaches it, answers as told, and takes all else."""

    can_public, max_length, logs_only, repeatable = True, 20, False, False

    def __init__(self) -> None:
        self.took: list[str] = []
        self.answers: list[Exception] = []

    def send(self, message: Message) -> Sent:
        if self.answers and isinstance(self.answers[0], SendError):
            raise self.answers.pop(0)
        self.took.append(message.key)
        if self.answers:
            raise self.answers.pop(0)
        return Sent(f"network-{message.pk}")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Counterpart:
    counterpart = Counterpart()
    monkeypatch.setitem(channels._adapters, "x", counterpart)
    return counterpart


@pytest.fixture
def rina(db: None) -> Customer:
    return a_customer(email="rina@example.com")


@pytest.fixture
def sari(db: None) -> User:
    return a_member()


@pytest.fixture
def queue(rina: Customer, sari: User) -> Queue:
    """Promise one message that is due now; fields may be given."""
    number = count(1)

    def promise(**fields: object) -> Message:
        key = f"answer-{next(number)}"
        now = timezone.now()
        given = {
            "channel": "x",
            "recipient": "rinamhrn",
            "body": "Halo Kak Rina",
            "by": sari,
            "send_at": now,
            "key": key,
        }
        given |= fields
        interaction = Interaction.objects.create(
            customer=rina, channel=str(given["channel"]), direction="out", text=str(given["body"]), at=now, staff=sari
        )
        return queue_message(**{"interaction": interaction, "customer": rina} | given)  # type: ignore[arg-type]

    return promise


@pytest.fixture
def mailserver(settings: Settings) -> Iterator[MailServer]:
    server = MailServer()
    with Post(server) as post:
        settings.EMAIL_BACKEND = "crm.messaging.channels.smtp.WatchedBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        settings.DEFAULT_FROM_EMAIL = "Layanan <care@sapa.example>"
        yield server


def ago(**span: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**span)
