import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm.cases.defaults import ensure_policy
from crm.cases.models import Case, SlaPolicy
from crm.messaging.models import Message
from crm.messaging.outbox import send_due
from crm.staff.models import Role, Team, User
from crm.web.models import Filing, StatusLink
from crm.web.tokens import new_ticket
from tests.people import a_member, a_team

RINA = {
    "kind": "complaint", "text": "Sinyal di rumah hilang sejak pagi.", "honorific": "Ibu", "name": "Rina Maharani",
    "email": "rina@example.com", "msisdn": "", "prefers": "email", "consent": "on",
}  # fmt: skip
Send = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def policy(db: None, settings: Settings) -> SlaPolicy:
    settings.LANGUAGE_CODE = "en"
    cache.clear()
    return ensure_policy()


@pytest.fixture
def team() -> Team:
    return a_team(channels=["web"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def ratna(team: Team) -> User:
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))


def ticket(page: str = "help", **age: float) -> str:
    """Of a page that was opened half a minute ago, or so long ago as is given."""
    return new_ticket(page, timezone.now() - dt.timedelta(**(age or {"seconds": 30})))


@pytest.fixture
def send(client: Client, team: Team) -> Send:
    """`send(text="…")` fills in the form as Rina does, but for what is given, and presses send."""

    def fill_in(address: str = "/help/", **fields: Any) -> HttpResponse:
        fields = {"ticket": ticket("embed" if "embed" in address else "help")} | fields
        return client.post(address, RINA | fields)

    return fill_in


@pytest.fixture
def filing(send: Send) -> Filing:
    """What Rina wrote a moment ago."""
    send()
    return Filing.objects.get()


@pytest.fixture
def case(filing: Filing) -> Case:
    return filing.case


@pytest.fixture
def link(filing: Filing) -> StatusLink:
    return StatusLink.objects.get()


@pytest.fixture
def page(client: Client, link: StatusLink) -> str:
    return f"/status/{link.token}/"


def write(client: Client, page: str, text: str, **fields: Any) -> HttpResponse:
    """One more message, on the page as it was shown."""
    shown = client.get(page).content.decode()
    found = re.search(r'name="ticket" value="([^"]+)"', shown)
    assert found
    return client.post(f"{page}message/", {"text": text, "ticket": found[1]} | fields)


def leave_now() -> None:
    """The undo seconds are over, and the sender has come by."""
    Message.objects.filter(state="queued").update(send_at=timezone.now() - dt.timedelta(seconds=1))
    send_due(batches=10)
