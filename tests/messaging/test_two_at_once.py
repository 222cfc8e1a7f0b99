"""What only two connections show."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.events.models import Event
from crm.messaging.actions import cancel_message
from crm.messaging.errors import TooLate
from crm.messaging.models import Message
from crm.messaging.outbox import claim, send_due
from tests.connections import somebody_else, until_somebody_waits
from tests.messaging.conftest import Counterpart, Queue

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_senders_never_claim_the_same_message(network: Counterpart, queue: Queue) -> None:
    ids = {queue().pk, queue().pk}
    with somebody_else() as does, transaction.atomic():
        assert set(claim("one")) == ids
        assert does(claim, "two").result(20) == []


def test_a_sender_sees_past_a_message_that_somebody_holds(network: Counterpart, queue: Queue) -> None:
    held, free = queue(), queue()
    with somebody_else() as does, transaction.atomic():
        Message.objects.select_for_update().get(pk=held.pk)
        assert does(claim, "one").result(20) == [free.pk]


def test_while_an_agent_takes_a_message_back_no_sender_claims_it(network: Counterpart, queue: Queue) -> None:
    message = queue(send_at=timezone.now())
    with somebody_else() as does:
        with transaction.atomic():
            cancel_message(message=message, at=message.send_at - dt.timedelta(seconds=1))
            assert does(claim, "sender").result(20) == []
        assert does(claim, "sender").result(20) == []
    message.refresh_from_db()
    assert message.state == "cancelled"


def test_an_agent_who_comes_a_moment_after_the_claim_is_told_so(network: Counterpart, queue: Queue) -> None:
    message = queue(send_at=timezone.now())
    with somebody_else() as does:
        with transaction.atomic():
            claim("sender")
            theirs = does(cancel_message, message=message, at=message.send_at - dt.timedelta(seconds=1))
            until_somebody_waits()
        with pytest.raises(TooLate):
            theirs.result(20)
    message.refresh_from_db()
    assert message.state == "sending"
    assert not Event.objects.filter(kind="message.cancelled").exists()


def test_two_senders_at_once_share_the_work_and_double_nothing(network: Counterpart, queue: Queue) -> None:
    keys = sorted(queue().key for _each in range(45))
    with somebody_else() as does:
        theirs = does(send_due, batches=10)
        send_due(batches=10)
        theirs.result(60)
    send_due(batches=1)
    assert sorted(network.took) == keys
    assert Event.objects.filter(kind="message.sent").count() == 45


def test_no_lock_is_held_while_something_is_sent(
    network: Counterpart, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue()
    seen: list[int] = []
    with somebody_else() as does:
        send = network.send

        def look_and_send(message: Message) -> object:
            rows = Message.objects.select_for_update(nowait=True).filter(pk=message.pk)
            seen.append(does(in_transaction, lambda: len(rows)).result(20))
            return send(message)

        monkeypatch.setattr(network, "send", look_and_send)
        send_due(batches=1)
    assert seen == [1]
    message.refresh_from_db()
    assert message.state == "sent"


def in_transaction(question: object) -> object:
    with transaction.atomic():
        return question()  # type: ignore[operator]
