"""What Kannel calls, and what others might try at the same addresses."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from crm.lib import env
from crm.messaging.channels import Sent
from crm.messaging.channels.kannel_reports import EPOCH, TICK
from crm.messaging.models import Arrival, Connection, Message
from crm.messaging.outbox import begin, claim
from crm.messaging.outcomes import write_down
from tests.messaging.conftest import Queue
from tests.messaging.kannel import a_connection

SAYS = {
    "from": "+6281234567890",
    "to": "3636",
    "text": "Sinyal hilang",
    "ts": "1795617522",
    "id": "a-1",
    "charset": "UTF-8",
}
STRANGER = "203.0.113.9"


@pytest.fixture
def connection(db: None) -> Connection:
    return a_connection("http://127.0.0.1:13013")


@pytest.fixture
def sent(connection: Connection, queue: Queue) -> Message:
    message = queue(channel="sms", recipient="+6281234567890")
    claim("worker")
    begun = begin(message.pk, "worker")
    assert begun is not None
    write_down(begun, "worker", Sent())
    return begun


def says(connection: Connection, where: str = "messaging:sms-in", **more: object) -> HttpResponse:
    hook = more.pop("hook", connection.hook)
    given = more.pop("given", SAYS)
    return Client(**{"REMOTE_ADDR": "127.0.0.1"} | more).get(reverse(where, args=[hook]), given)


def reports(sent: Message, connection: Connection, **more: object) -> HttpResponse:
    began = (sent.begun_at - EPOCH) // TICK
    given = {"ref": sent.pk, "try": began, "status": "1", "answer": "", "ts": "1795617522"} | more.pop("given", {})
    return says(connection, "messaging:sms-report", given=given, **more)


def test_a_message_is_kept_as_it_came_and_answered_with_nothing(connection: Connection) -> None:
    response = says(connection)
    arrival = Arrival.objects.get()
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"", "text/plain; charset=utf-8")
    assert (arrival.channel, arrival.connection, arrival.external_id) == ("sms", connection, "a-1")
    assert b"text=Sinyal+hilang" in bytes(arrival.body)


def test_the_same_message_brought_twice_is_kept_once(connection: Connection) -> None:
    assert [says(connection).status_code for _each in range(2)] == [200, 200]
    assert Arrival.objects.count() == 1


def test_without_an_id_the_words_tell_a_double(connection: Connection) -> None:
    nameless = {key: value for key, value in SAYS.items() if key != "id"}
    for given in (nameless, nameless, nameless | {"text": "Masih hilang"}):
        says(connection, given=given)
    assert Arrival.objects.count() == 2


@pytest.mark.parametrize("where", ["messaging:sms-in", "messaging:sms-report"])
def test_a_stranger_is_turned_away_even_with_the_right_address(connection: Connection, where: str) -> None:
    assert says(connection, where, REMOTE_ADDR=STRANGER).status_code == 403
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("where", ["messaging:sms-in", "messaging:sms-report"])
def test_a_wrong_secret_leads_nowhere(connection: Connection, where: str) -> None:
    assert says(connection, where, hook="x" * 43).status_code == 404
    assert not Arrival.objects.exists()


def test_the_secret_of_another_channel_leads_nowhere(connection: Connection) -> None:
    other = Connection.objects.create(channel="x", account="sapacare")
    assert says(connection, hook=other.hook).status_code == 404


def test_a_connection_that_is_switched_off_takes_nothing(connection: Connection) -> None:
    Connection.objects.update(is_active=False)
    assert says(connection).status_code == 404


def test_a_forged_report_changes_nothing(connection: Connection, sent: Message) -> None:
    assert reports(sent, connection, hook="x" * 43).status_code == 404
    assert reports(sent, connection, REMOTE_ADDR=STRANGER).status_code == 403
    sent.refresh_from_db()
    assert (sent.state, sent.delivery) == ("sent", "")


def test_nobody_posts_here(connection: Connection) -> None:
    path = reverse("messaging:sms-in", args=[connection.hook])
    assert Client(REMOTE_ADDR="127.0.0.1").post(path, SAYS).status_code == 405


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [("127.0.0.1", 200), (f"127.0.0.1, {STRANGER}", 403), (f"{STRANGER}, 127.0.0.1", 200), ("nonsense", 403)],
)
def test_behind_a_proxy_the_address_it_saw_counts(
    connection: Connection, settings: Settings, forwarded: str, status: int
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert says(connection, HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.9").status_code == status


def test_a_neighbour_past_the_proxy_is_who_it_is(connection: Connection, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    settings.SMS_PEERS = env.networks("SMS_PEERS_OF_A_TEST", "10.0.0.0/8")
    assert says(connection, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert says(connection, REMOTE_ADDR="::ffff:10.0.0.9").status_code == 200
    assert says(connection, REMOTE_ADDR="127.0.0.1").status_code == 403


def test_a_claim_to_be_forwarded_is_not_believed_without_a_proxy(connection: Connection) -> None:
    assert says(connection, REMOTE_ADDR=STRANGER, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 403


def test_kannel_calls_by_plain_http_where_browsers_are_sent_to_https(
    connection: Connection, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert says(connection).status_code == 200
    assert Client().get("/login/").status_code == 301


def test_a_report_is_folded_in_and_ends_a_fault(connection: Connection, sent: Message) -> None:
    Connection.objects.update(fault="SMS centre away", fault_since=sent.begun_at)
    assert (response := reports(sent, connection)).status_code == 200
    assert response.content == b""
    sent.refresh_from_db()
    connection.refresh_from_db()
    assert (sent.delivery, sent.delivery_at.timestamp(), connection.fault) == ("delivered", 1795617522, "")


def test_a_report_on_a_message_still_being_sent_is_asked_for_again(connection: Connection, sent: Message) -> None:
    Message.objects.update(state="sending", sent_at=None)
    assert reports(sent, connection, given={"status": "16"}).status_code == 503
    assert reports(sent, connection, given={"status": "8"}).status_code == 200


@pytest.mark.parametrize("given", [{"ref": "999999999"}, {"ref": "x"}, {"status": "99"}, {"try": "x" * 400}])
def test_a_report_on_nothing_is_taken_and_forgotten(
    connection: Connection, sent: Message, given: dict[str, str]
) -> None:
    """Asked for again it would be no better."""
    given = {"status": "2"} | given
    assert reports(sent, connection, given=given).status_code == 200
    sent.refresh_from_db()
    assert (sent.state, sent.delivery) == ("sent", "")
