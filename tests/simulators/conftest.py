"""One simulator for these tests, calm before each."""

from collections.abc import Iterator

import pytest
import requests
from requests_oauthlib import OAuth1

from tests.simulators.webhook import Webhook, webhook
from tests.simulators.x import XSimulator, x_simulator


@pytest.fixture(scope="session")
def _x(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XSimulator]:
    with x_simulator(tmp_path_factory.mktemp("x")) as running:
        yield running


@pytest.fixture
def x(_x: XSimulator) -> XSimulator:
    _x.tell("calm")
    return _x


@pytest.fixture
def api(x: XSimulator) -> Iterator[requests.Session]:
    """Signs as our account."""
    ours = x.secrets
    with requests.Session() as session:
        session.auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
        yield session


@pytest.fixture
def operator(x: XSimulator) -> Iterator[Webhook]:
    """A webhook that knows the secret, connected with every subscription."""
    with webhook(x.secrets.consumer_secret) as running:
        assert x.tell("connect", url=running.url)["valid"]
        yield running
