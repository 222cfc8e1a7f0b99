"""The demo's customers and its account on the simulated X."""

from pathlib import Path

import pytest
import requests
from django.core.management import call_command
from django.urls import reverse
from pytest_django import Settings
from requests_oauthlib import OAuth1

from crm.cases.actions.answering import newest_inbound
from crm.cases.models import Case
from crm.demo import on_x
from crm.messaging import channels
from crm.messaging.models import Connection, Message
from crm.timeline.models import Channel, Direction, Interaction
from tests.simulators.x import XSimulator, x_simulator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]
OPEN = ("new", "open", "waiting")


@pytest.fixture
def x_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ours for one test: the demo looks for the simulator's folder under SAPA_HOME."""
    monkeypatch.setenv("SAPA_HOME", str(tmp_path))
    return tmp_path / "x-simulator"


def join(url: str = "http://127.0.0.1:8009") -> Connection:
    on_x.join(url, anew=True)
    return Connection.objects.get(channel=Channel.X)


def threads_of(x: XSimulator) -> dict[str, str]:
    """Text by id of all that the network knows of our account's answers."""
    return {post["id"]: post["text"] for post in x.our_posts()}


def test_the_account_is_connected_with_the_simulators_secrets(x_home: Path, settings: Settings) -> None:
    connection = join()
    with x_simulator(x_home) as x:
        (hook,) = x.ask("state")["webhooks"]
        assert connection.secrets["consumer_secret"] == x.secrets.consumer_secret
    assert connection.options["user_id"] == x.secrets.user_id
    assert hook["url"] == settings.SITE_URL + reverse("social:x-hook", args=[connection.hook])


def test_a_later_start_follows_the_simulator_and_keeps_the_connection(x_home: Path) -> None:
    first, again = join("http://127.0.0.1:8009"), join("http://127.0.0.1:8010")
    assert (again.pk, again.hook) == (first.pk, first.hook)
    assert again.options["base_url"] == again.options["web_url"] == "http://127.0.0.1:8010"


def test_a_reset_beside_the_product_keeps_where_the_product_is(
    x_home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAPA_X_SIMULATOR_URL", "http://127.0.0.1:8009")
    settings.SITE_URL = "http://127.0.0.1:8002"
    join()
    monkeypatch.delenv("SAPA_X_SIMULATOR_URL")
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert on_x.simulator() == "http://127.0.0.1:8009"
    join(on_x.simulator())
    with x_simulator(x_home) as x:
        (hook,) = x.ask("state")["webhooks"]
    assert hook["url"].startswith("http://127.0.0.1:8002/")


def test_a_connection_to_the_real_x_is_left_alone(x_home: Path) -> None:
    real = Connection(channel=Channel.X, account="Sapa_Care", options={"base_url": "https://api.x.com"})
    real.secrets = {"consumer_secret": "theirs"}
    real.save()
    join()
    real.refresh_from_db()
    assert (real.options, real.secrets) == ({"base_url": "https://api.x.com"}, {"consumer_secret": "theirs"})


def test_seeding_without_a_simulator_connects_nothing(x_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAPA_X_SIMULATOR_URL", raising=False)
    call_command("seed_demo")
    assert not Connection.objects.filter(channel=Channel.X).exists()
    assert not x_home.exists()


def test_every_x_case_is_on_the_network_with_the_networks_ids(x_home: Path) -> None:
    join()
    cases = Case.objects.live().filter(channel=Channel.X, account="sapa_care")
    contacts = Interaction.objects.filter(in_case__case__in=cases, channel=Channel.X, message__isnull=True)
    assert cases.count() > 30
    assert not cases.filter(conversation__startswith="demo-").exists()
    assert not contacts.filter(external_id="").exists()
    with x_simulator(x_home) as x:
        said = contacts.filter(direction=Direction.OUT, is_public=True)
        assert threads_of(x) == dict(said.values_list("external_id", "text"))


def test_what_waits_in_the_outbox_is_not_told_as_said(x_home: Path) -> None:
    join()
    waiting = Message.objects.filter(channel=Channel.X, interaction__isnull=False)
    assert waiting.exists()
    assert not waiting.exclude(interaction__external_id="").exists()


def test_joining_again_tells_nothing_twice(x_home: Path) -> None:
    join()
    with x_simulator(x_home) as x:
        before = threads_of(x)
        on_x.join(x.url, anew=False)
        assert threads_of(x) == before


def test_an_agent_may_answer_a_case_of_before_and_the_network_takes_it(x_home: Path) -> None:
    join()
    case = Case.objects.live().filter(channel=Channel.X, state__in=OPEN).order_by("-pk")[0]
    asked = newest_inbound(case, Channel.X, is_public=True)
    handle = case.customer.contact_points.get(kind="handle", network="x").value
    standing = channels.get("x").standing(account=case.account, recipient=handle, reply_to=asked, is_public=True)
    assert standing.may
    with x_simulator(x_home) as x:
        ours = x.secrets
        auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
        answer = {"text": "Kami lanjutkan di sini", "reply": {"in_reply_to_tweet_id": asked}}
        assert requests.post(f"{x.url}/2/tweets", json=answer, auth=auth, timeout=5).status_code == 201
        assert requests.get(f"{x.url}/as/{handle}/", timeout=5).status_code == 200
