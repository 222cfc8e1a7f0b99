"""Pressing Check: whose keys these are, and whether events reach us; then the events themselves, through the door."""

from collections.abc import Iterator

import pytest
import requests
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from requests_oauthlib import OAuth1

from crm.cases.models import Case
from crm.messaging import channels
from crm.messaging.arrivals import take_due
from crm.messaging.channels import Passing, Permanent
from crm.messaging.models import Arrival, Connection
from crm.timeline.models import Interaction
from social.networks.x.checking import WANTED, address
from tests.simulators.x import XSimulator
from tests.social.test_x_sending import a_text
from tests.social.x import answer, sent

pytestmark = pytest.mark.django_db(transaction=True)
X = channels.get("x")


@pytest.fixture
def reachable(
    live_server: LiveServer, x: XSimulator, connection: Connection, settings: Settings
) -> Iterator[Connection]:
    """X forgets our address with the test: it would go on calling."""
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    yield connection
    ours = x.secrets
    auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
    for one in x.ask("state")["webhooks"]:
        requests.delete(f"{x.url}/2/webhooks/{one['id']}", auth=auth, timeout=10)


def webhooks(x: XSimulator) -> dict[str, bool]:
    return {one["url"]: bool(one["valid"]) for one in x.ask("state")["webhooks"]}


def test_check_registers_the_webhook_and_its_events_once(x: XSimulator, reachable: Connection) -> None:
    X.check(reachable)
    X.check(reachable)
    assert webhooks(x)[address(reachable)] is True
    subscribed = x.calls("POST", "/2/activity/subscriptions")
    assert len([call for call in subscribed if call["status"] == 201]) >= len(WANTED)
    assert len(x.calls("POST", "/2/webhooks")) >= 1


def test_check_finds_out_our_user_id(x: XSimulator, reachable: Connection) -> None:
    user_id = reachable.options.pop("user_id")
    reachable.save()
    X.check(reachable)
    reachable.refresh_from_db()
    assert reachable.option("user_id") == user_id


def test_keys_of_another_account_are_told_apart(x: XSimulator, reachable: Connection) -> None:
    Connection.objects.update(account="orang_lain")
    reachable.refresh_from_db()
    with pytest.raises(Permanent, match="another account"):
        X.check(reachable)


def test_wrong_keys_are_told(x: XSimulator, reachable: Connection) -> None:
    reachable.secrets = reachable.secrets | {"consumer_secret": "wrong"}
    with pytest.raises(Passing, match="wrong credentials"):
        X.check(reachable)


def test_an_address_that_x_cannot_reach_is_told(x: XSimulator, reachable: Connection, settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:1"
    with pytest.raises(Permanent, match="webhook not valid"):
        X.check(reachable)


def test_a_test_message_arrives(x: XSimulator, reachable: Connection) -> None:
    x.tell("users", username="kolega")
    X.try_out(reachable, recipient="@kolega", text=(text := a_text("Uji")))
    assert x.messages_with("kolega")[-1]["text"] == text


def test_a_test_message_to_nobody_is_refused(x: XSimulator, reachable: Connection) -> None:
    for nobody in ("tidak_ada_orang", "dua kata", "../../me"):
        with pytest.raises(Permanent, match="no such handle"):
            X.try_out(reachable, recipient=nobody, text="Uji")


def test_a_customers_post_becomes_a_case_and_the_answer_comes_back_as_an_echo_of_itself(
    x: XSimulator, reachable: Connection
) -> None:
    X.check(reachable)
    post = x.post("intan", a_text(f"@{reachable.account} sinyal hilang"))
    x.await_delivered()
    take_due(most=50)
    case = Case.objects.get(customer__contact_points__value="intan")
    message = sent(answer(case, a_text(), is_public=True))
    private = sent(answer(case, a_text("Lewat pribadi ya")))
    x.await_delivered()
    take_due(most=50)
    assert not Arrival.objects.exclude(state="taken").exists()
    contacts = Interaction.objects.filter(in_case__case=case).order_by("at", "id")
    assert list(contacts.values_list("external_id", flat=True)) == [
        post["id"],
        message.external_id,
        private.external_id,
    ]


@pytest.mark.parametrize("twist", ["twice", "reordered", "forged", "unsigned"])
def test_whatever_happens_to_events_on_their_way_each_post_is_taken_once(
    x: XSimulator, reachable: Connection, twist: str
) -> None:
    X.check(reachable)
    x.tell("events", next=twist, times=2)
    posts = [x.post(f"jihan_{twist}", a_text(f"@{reachable.account} halo")) for _each in range(4)]
    x.message(f"jihan_{twist}", "pribadi")
    x.await_delivered()
    while x.tell("replay", back=2)["replayed"] and len(x.await_delivered()) < 40:
        pass
    take_due(most=200)
    texts = Interaction.objects.order_by("at", "id").values_list("text", flat=True)
    assert list(texts) == [*(post["text"] for post in posts), "pribadi"]
    reachable.refresh_from_db()
    assert (reachable.fault == "forged signature") == (twist in ("forged", "unsigned"))


def test_an_echo_that_is_quicker_than_the_outcome_is_the_outcome(x: XSimulator, reachable: Connection) -> None:
    """The answer of X gets lost, its event does not."""
    X.check(reachable)
    x.post("kartika", a_text(f"@{reachable.account} halo"))
    x.await_delivered()
    take_due(most=50)
    case = Case.objects.get(customer__contact_points__value="kartika")
    for is_public, path in ((True, "/2/tweets"), (False, "/2/dm_conversations")):
        x.tell("faults", answer="garbage", path=path, after=True)
        message = sent(answer(case, a_text(), is_public=is_public))
        assert message.state == "uncertain"
        x.await_delivered()
        take_due(most=50)
        message.refresh_from_db()
        assert (message.state, bool(message.external_id)) == ("sent", True)
    assert Interaction.objects.filter(direction="out").count() == 2
