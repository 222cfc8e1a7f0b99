"""SMS against something that listens like Kannel: what each of its answers, and its silence, means."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from crm.messaging import channels
from crm.messaging.actions import queue_message
from crm.messaging.channels import Passing, Permanent, SendError, Uncertain, kannel
from crm.messaging.channels.sms import Sms
from crm.messaging.errors import TooLong
from crm.messaging.models import Connection, Message
from crm.messaging.outbox import send_due
from tests.messaging.conftest import Queue
from tests.messaging.kannel import Smsbox, a_connection, smsbox
from tests.processes import free_port

RINA = "+6281234567890"


@pytest.fixture
def box() -> Iterator[Smsbox]:
    with smsbox() as box:
        yield box


@pytest.fixture
def connection(db: None, box: Smsbox) -> Connection:
    return a_connection(box.url)


@pytest.fixture
def sms(connection: Connection, queue: Queue) -> Message:
    return queue(channel="sms", recipient=RINA, body="Halo Kak Rina,\r\nsinyal sudah normal.")


def test_an_answer_is_handed_to_kannel_as_it_was_written(box: Smsbox, sms: Message) -> None:
    assert Sms().send(sms) == channels.Sent()
    (asked,) = box.asked
    url = urlsplit(asked.pop("dlr-url"))
    assert asked == {
        "username": "sapa", "password": "rahasia kita", "from": "3636", "to": RINA, "charset": "UTF-8", "coding": "0",
        "dlr-mask": "31", "text": "Halo Kak Rina,\nsinyal sudah normal.",
    }  # fmt: skip
    assert f"{url.scheme}://{url.netloc}" == "http://sapa.example:8000"
    assert url.path.startswith("/hooks/sms/")
    assert {"ref": [str(sms.pk)], "status": ["%d"], "answer": ["%A"]}.items() <= parse_qs(url.query).items()
    assert "%p" not in url.query  # no number in anybody's log of addresses


@pytest.mark.parametrize(("body", "coding"), [("é ñ €", "0"), ("ç", "2"), ("😀", "2"), ("سلام", "2")])
def test_a_text_outside_the_phones_alphabet_goes_as_ucs2(
    box: Smsbox, connection: Connection, queue: Queue, body: str, coding: str
) -> None:
    Sms().send(queue(channel="sms", recipient=RINA, body=body))
    assert (box.asked[0]["text"], box.asked[0]["coding"]) == (body, coding)


def test_kannel_that_queues_tells_that_its_centre_is_away(
    box: Smsbox, connection: Connection, sms: Message, settings: Settings
) -> None:
    box.answer = (202, "3: Queued for later delivery")
    send_due(batches=1)
    sms.refresh_from_db()
    connection.refresh_from_db()
    assert (sms.state, sms.delivery, connection.fault) == ("sent", "", "SMS centre away")


@pytest.mark.parametrize(
    ("answer", "failure", "reason"),
    [
        ((403, "Authorization failed for sendsms"), Passing, "log-in refused (403)"),
        ((403, "Not routable. Do not try again."), Passing, "no route"),
        ((401, ""), Passing, "log-in refused (401)"),
        ((404, "Unknown request."), Passing, "strange answer (404)"),
        ((200, "<html>It works!</html>"), Passing, "strange answer (200)"),
        ((302, ""), Passing, "strange answer (302)"),
        ((503, "Temporal failure, try again later."), Passing, "trouble (503)"),
        ((400, "Empty receiver number not allowed, rejected"), Permanent, "refused (400)"),
    ],
)
def test_what_kannel_says_decides(
    box: Smsbox, sms: Message, answer: tuple[int, str], failure: type[SendError], reason: str
) -> None:
    box.answer = answer
    with pytest.raises(failure) as raised:
        Sms().send(sms)
    assert raised.value.reason == f"Kannel: {reason}"


def test_a_wrong_password_is_seen_at_the_connection_and_the_message_waits(
    box: Smsbox, connection: Connection, sms: Message
) -> None:
    box.answer = (403, "Authorization failed for sendsms")
    send_due(batches=1)
    sms.refresh_from_db()
    connection.refresh_from_db()
    with translation.override("id"):
        assert (sms.state, sms.error_in_words) == ("queued", "Kannel menolak log-in kita (403)")
    assert connection.fault == "Kannel: log-in refused (403)"


def test_nobody_at_the_address_is_a_passing_failure(connection: Connection, sms: Message) -> None:
    Connection.objects.update(options=connection.options | {"url": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(Passing, match="unreachable"):
        Sms().send(sms)


@pytest.mark.parametrize("url", ["", "127.0.0.1:13013", "http://", "gopher://127.0.0.1", "https://127.0.0.1:1"])
def test_an_address_that_is_none_is_a_passing_failure(connection: Connection, sms: Message, url: str) -> None:
    Connection.objects.update(options=connection.options | {"url": url})
    with pytest.raises(Passing):
        Sms().send(sms)


def test_tls_that_does_not_come_about_is_a_passing_failure(box: Smsbox, connection: Connection, sms: Message) -> None:
    Connection.objects.update(options=connection.options | {"url": box.url.replace("http:", "https:")})
    with pytest.raises(Passing):
        Sms().send(sms)
    assert box.asked == []


def test_a_line_that_breaks_after_the_request_leaves_a_doubt(box: Smsbox, sms: Message) -> None:
    box.hangs_up = True
    send_due(batches=1)
    send_due(batches=1)
    sms.refresh_from_db()
    assert (sms.state, sms.error) == ("uncertain", "Kannel: line broke")
    assert len(box.asked) == 1  # never by itself a second time


def test_silence_after_the_request_leaves_a_doubt(box: Smsbox, sms: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kannel, "TIME_LIMITS", (1, 0.2))
    box.is_silent = True
    with pytest.raises(Uncertain, match="no answer"):
        Sms().send(sms)


def test_without_a_connection_the_composer_says_so_and_nothing_is_queued(queue: Queue) -> None:
    standing = Sms().standing(account="", recipient=RINA, reply_to="", is_public=False)
    assert not standing.may
    assert "SMS" in str(standing.said)


def test_a_connection_taken_away_meanwhile_keeps_the_message_waiting(sms: Message) -> None:
    Connection.objects.update(is_active=False)
    with pytest.raises(Passing, match="no connection"):
        Sms().send(sms)


def test_secrets_that_cannot_be_opened_are_a_fault_of_the_connection(
    connection: Connection, sms: Message, settings: Settings
) -> None:
    settings.SEALING_KEYS = ["another"]
    with pytest.raises(Passing, match="Unreadable"):
        Sms().send(sms)


def test_a_recipient_who_has_no_number_is_refused_for_good(box: Smsbox, connection: Connection, queue: Queue) -> None:
    with pytest.raises(Permanent, match="not a telephone number"):
        Sms().send(queue(channel="sms", recipient="rina@example.com"))
    assert box.asked == []


def test_lengths_are_counted_in_sms(connection: Connection, queue: Queue) -> None:
    assert (Sms().measure("a" * 161), Sms().measure("ع" * 71), Sms().limit(is_public=False)) == (2, 2, 10)
    queue(channel="sms", recipient=RINA, body="a" * 1530)
    with pytest.raises(TooLong, match="10 SMS"):
        queue(channel="sms", recipient=RINA, body="a" * 1531)


def test_a_check_sends_nobody_anything(box: Smsbox, connection: Connection) -> None:
    box.answer = (400, "Missing receiver number, rejected")
    Sms().check(connection)
    assert "to" not in box.asked[0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [((403, "Authorization failed for sendsms"), "log-in"), ((404, ""), "strange"), ((202, "0: Accepted"), "strange")],
)
def test_a_check_says_what_is_wrong(box: Smsbox, connection: Connection, answer: tuple[int, str], reason: str) -> None:
    box.answer = answer
    with pytest.raises(Passing, match=reason):
        Sms().check(connection)


def looked_at(box: Smsbox, connection: Connection, status: str) -> None:
    box.answer = (400, "Missing receiver number, rejected")
    boxes = "<boxes><box><status>on-line 0d</status></box></boxes>"
    box.status_page = f"<gateway>{boxes}<smscs><smsc><id>m</id><status>{status}</status></smsc></smscs></gateway>"
    connection.secrets = {"password": "x", "status": f"{box.url}/status.xml?password=x"}
    Sms().check(connection)


def test_a_check_looks_at_the_sms_centre_where_it_may(box: Smsbox, connection: Connection) -> None:
    looked_at(box, connection, "online 8s")
    with pytest.raises(Passing, match="SMS centre away"):
        looked_at(box, connection, "re-connecting")


def test_a_test_message_asks_for_no_report(box: Smsbox, connection: Connection) -> None:
    Sms().try_out(connection, recipient="0812 3456 7890", text="Uji coba")
    assert (box.asked[0]["to"], box.asked[0]["dlr-mask"]) == (RINA, "0")


def test_an_sms_centre_may_be_chosen(box: Smsbox, connection: Connection, sms: Message) -> None:
    Connection.objects.update(options=connection.options | {"smsc": "main"})
    Sms().send(sms)
    assert box.asked[0]["smsc"] == "main"


def test_a_second_message_with_the_same_key_is_the_first(connection: Connection, sms: Message) -> None:
    again = queue_message(
        interaction=None, customer=sms.customer, channel="sms", recipient=RINA, body="Halo", by=None,
        send_at=timezone.now(), key=sms.key,
    )  # fmt: skip
    assert again == sms
