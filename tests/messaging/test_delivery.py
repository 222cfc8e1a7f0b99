"""Delivery reports: doubled, reordered, early, late, and of another try."""

import datetime as dt
from itertools import permutations

import pytest
from django.db import transaction
from django.utils import timezone

from crm.events.models import Event
from crm.messaging.actions import confirm_not_sent, retry_message
from crm.messaging.arrivals import NotYet
from crm.messaging.channels import Passing, Report, Sent, Uncertain
from crm.messaging.channels.kannel_reports import read_report
from crm.messaging.delivery import note_delivery
from crm.messaging.handlers import doubt_the_contact
from crm.messaging.models import Message
from crm.messaging.outbox import begin, claim
from crm.messaging.outcomes import write_down
from crm.messaging.words import NOT_DELIVERED, NOT_TAKEN
from crm.staff.models import User
from tests.connections import somebody_else, until_somebody_waits
from tests.messaging.conftest import Queue, ago
from tests.messaging.kannel import a_connection
from tests.messaging.test_outbox import kinds

Delivery = Message.Delivery


@pytest.fixture
def sending(queue: Queue) -> Message:
    """On its way: a sender has begun it and waits for the answer."""
    a_connection("http://127.0.0.1:13013")
    return start(queue(channel="sms", recipient="+6281234567890"))


def start(message: Message) -> Message:
    Message.objects.filter(pk=message.pk).update(send_at=ago(seconds=1))
    claim("worker")
    begun = begin(message.pk, "worker")
    assert begun is not None
    return begun


@pytest.fixture
def sent(sending: Message) -> Message:
    write_down(sending, "worker", Sent())
    return sending


def tell(message: Message, delivery: str, *, began: dt.datetime | None = None, reason: str = "") -> Message:
    report = Report(
        channel="sms", message=message.pk, began=began or message.begun_at, delivery=delivery, at=timezone.now(),
        reason=reason, external_id="smsc-1",
    )  # fmt: skip
    note_delivery(report)
    return Message.objects.get(pk=message.pk)


def test_no_report_is_a_normal_state(sent: Message) -> None:
    sent.refresh_from_db()
    assert (sent.state, sent.delivery, sent.delivery_at) == ("sent", "", None)


@pytest.mark.parametrize("order", [*permutations([Delivery.BUFFERED, Delivery.BUFFERED, Delivery.DELIVERED])])
def test_delivered_is_the_last_word_in_any_order(sent: Message, order: tuple[Delivery, ...]) -> None:
    for delivery in order:
        sent = tell(sent, delivery)
    assert (sent.state, sent.delivery, sent.external_id) == ("sent", "delivered", "smsc-1")
    assert kinds(sent).count("message.delivered") == 1
    assert kinds(sent).count("message.buffered") <= 1
    assert kinds(sent).count("message.sent") == 1


@pytest.mark.parametrize("order", [*permutations([Delivery.BUFFERED, Delivery.FAILED, Delivery.FAILED])])
def test_not_delivered_is_refused_for_good_in_any_order(sent: Message, order: tuple[Delivery, ...]) -> None:
    for delivery in order:
        sent = tell(sent, delivery, reason="not delivered (UNDELIV)")
    assert (sent.state, sent.delivery, sent.sent_at) == ("failed", "failed", None)
    assert sent.error_in_words.endswith("(UNDELIV)")
    assert kinds(sent).count("message.failed") == 1


def test_failed_after_delivered_changes_nothing(sent: Message) -> None:
    tell(sent, Delivery.DELIVERED)
    after = tell(sent, Delivery.FAILED)
    assert (after.state, after.delivery) == ("sent", "delivered")
    assert "message.failed" not in kinds(sent)


def test_delivered_after_failed_counts_after_all(sent: Message) -> None:
    tell(sent, Delivery.FAILED)
    after = tell(sent, Delivery.DELIVERED)
    assert (after.state, after.delivery, after.error) == ("sent", "delivered", "")
    assert kinds(sent)[-2:] == ["message.sent", "message.delivered"]


@pytest.mark.parametrize("delivery", [Delivery.BUFFERED, Delivery.DELIVERED])
def test_a_report_quicker_than_kannels_answer_confirms_the_message(sending: Message, delivery: Delivery) -> None:
    assert tell(sending, delivery).state == "sent"
    write_down(sending, "worker", Sent())
    sending.refresh_from_db()
    assert (sending.state, sending.delivery) == ("sent", delivery)
    assert kinds(sending).count("message.sent") == 1


@pytest.mark.parametrize("delivery", [Delivery.BUFFERED, Delivery.DELIVERED])
def test_a_report_ends_the_doubt(sending: Message, delivery: Delivery) -> None:
    write_down(sending, "worker", Uncertain("line broke"))
    after = tell(sending, delivery)
    assert (after.state, after.delivery, after.error, after.sent_at) == ("sent", delivery, "", sending.begun_at)


def test_not_delivered_ends_the_doubt_the_other_way(sending: Message) -> None:
    write_down(sending, "worker", Uncertain("line broke"))
    assert tell(sending, Delivery.FAILED).state == "failed"


def test_a_failure_quicker_than_kannels_answer_comes_again(sending: Message) -> None:
    with pytest.raises(NotYet):
        tell(sending, Delivery.FAILED)
    sending.refresh_from_db()
    assert (sending.state, sending.delivery) == ("sending", "")
    write_down(sending, "worker", Sent())
    assert tell(sending, Delivery.FAILED).state == "failed"


def test_a_failure_of_a_try_that_kannel_refused_anyway_is_no_news(sending: Message) -> None:
    began = sending.begun_at
    write_down(sending, "worker", Passing("Kannel: no route"))
    after = tell(sending, Delivery.FAILED, began=began)
    assert (after.state, after.delivery) == ("queued", "")


def test_what_is_sent_again_starts_without_a_report_and_heeds_only_its_own(sent: Message, sari: User) -> None:
    first = sent.begun_at
    retry_message(message=tell(sent, Delivery.FAILED), by=sari)
    again = start(sent)
    write_down(again, "worker", Sent())
    for late in (Delivery.FAILED, Delivery.BUFFERED):
        after = tell(again, late, began=first)
        assert (after.state, after.delivery) == ("sent", "")
    assert tell(again, Delivery.FAILED).state == "failed"


def test_an_earlier_try_that_arrived_after_all_spares_the_customer_a_second_copy(sent: Message, sari: User) -> None:
    retry_message(message=tell(sent, Delivery.FAILED), by=sari)
    assert tell(sent, Delivery.DELIVERED).state == "sent"
    Message.objects.update(send_at=ago(seconds=1))
    assert claim("worker") == []


def test_what_a_person_decided_yields_to_the_phone(sending: Message, sari: User) -> None:
    write_down(sending, "worker", Uncertain("line broke"))
    confirm_not_sent(message=sending, by=sari)
    assert tell(sending, Delivery.BUFFERED).state == "failed"
    assert tell(sending, Delivery.DELIVERED).state == "sent"


def test_a_report_on_nothing_of_ours_changes_nothing(sent: Message) -> None:
    other = Report(channel="x", message=sent.pk, began=sent.begun_at, delivery="delivered", at=timezone.now())
    assert note_delivery(other) is None
    assert note_delivery(other._replace(channel="sms", message=sent.pk + 1)) is None
    sent.refresh_from_db()
    assert sent.delivery == ""


@pytest.mark.django_db(transaction=True)
def test_a_report_waits_for_the_senders_word_and_both_stand(sending: Message) -> None:
    with somebody_else() as does:
        with transaction.atomic():
            write_down(sending, "worker", Sent())
            later = does(tell, sending, Delivery.FAILED)
            until_somebody_waits()
        assert later.result(20).state == "failed"
    assert kinds(sending)[-2:] == ["message.sent", "message.failed"]


@pytest.mark.django_db(transaction=True)
def test_two_reports_at_once_are_one_delivery(sent: Message) -> None:
    with somebody_else() as does:
        with transaction.atomic():
            tell(sent, Delivery.DELIVERED)
            later = does(tell, sent, Delivery.DELIVERED)
            until_somebody_waits()
        assert later.result(20).delivery == "delivered"
    assert kinds(sent).count("message.delivered") == 1


def test_no_event_carries_the_number_or_the_text(sent: Message) -> None:
    tell(sent, Delivery.DELIVERED)
    told = str([event.facts for event in Event.objects.all()])
    assert sent.recipient not in told
    assert sent.body not in told


@pytest.mark.parametrize(
    ("status", "answer", "delivery", "reason"),
    [
        ("1", "id:1 stat:DELIVRD err:000 text:Halo", "delivered", ""),
        ("2", "id:1 stat:UNDELIV err:001 text:Halo Kak Rina", "failed", "not delivered (UNDELIV)"),
        ("2", "", "failed", "not delivered"),
        ("4", "id:1 stat:ACCEPTD", "buffered", ""),
        ("8", "ACK/", "buffered", ""),
        ("16", "NACK/0x0000000b/Invalid Destination Address", "failed", "refused by the network (0x0000000b)"),
        ("16", "NACK/no SMSC", "failed", "refused by the network (no SMSC)"),
    ],
)
def test_kannels_report_is_read(status: str, answer: str, delivery: str, reason: str) -> None:
    given = {"ref": "7", "try": "1795617517000001", "status": status, "answer": answer, "ts": "1795617517"}
    report = read_report(given)
    assert report is not None
    assert (report.message, report.delivery, report.reason) == (7, delivery, reason)
    assert report.began == dt.datetime(2026, 11, 25, 14, 38, 37, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "given", [{}, {"ref": "7"}, {"ref": "x", "status": "1"}, {"ref": "7", "status": "32"}, {"ref": "²", "status": "1"},
              {"ref": "9" * 30, "status": "1"}],
)  # fmt: skip
def test_what_is_no_report_is_none(given: dict[str, str]) -> None:
    assert read_report(given) is None


@pytest.mark.parametrize(("reason", "doubted"), [(NOT_DELIVERED, ["number_fails"]), (NOT_TAKEN, [])])
def test_a_number_that_could_not_be_reached_is_doubted(sent: Message, reason: str, doubted: list[str]) -> None:
    sent.customer.contact_points.create(kind="msisdn", value=sent.recipient)
    tell(sent, Delivery.FAILED, reason=reason)
    for _twice in range(2):
        doubt_the_contact(Event.objects.get(kind="message.failed"))
    reported = sent.customer.corrections.filter(thing="contact")
    assert list(reported.values_list("flaw", flat=True)) == doubted
