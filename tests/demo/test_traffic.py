"""Cases that come in while somebody watches."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from crm.cases.models import Case
from crm.customers.models import Customer
from crm.demo import seed
from crm.demo.traffic import CHANNELS, body_of


def test_without_a_demo_nothing_is_opened(db: None) -> None:
    with pytest.raises(CommandError, match="no demo"):
        call_command("demo_traffic", count=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_a_sender_that_the_api_takes(operator: object, channel: str) -> None:
    scene = seed.present_writer(operator).scene(operator, channels=[channel])
    sent = json.loads(json.dumps(body_of(scene)))
    assert sent["channel"] == channel
    assert list(sent["customer"])[0] in ("handle", "email", "msisdn")
    assert sent["text"]
