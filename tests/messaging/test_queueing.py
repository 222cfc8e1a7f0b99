import datetime as dt

import pytest
from django.utils import timezone

from crm.events.models import Event
from crm.messaging import channels
from crm.messaging.actions import UNDO_SECONDS, cancel_message, queue_message
from crm.messaging.errors import MessagingError, TooLate
from crm.messaging.models import Message
from crm.messaging.outbox import claim, send_due
from tests.messaging.conftest import Counterpart, Queue
from tests.people import a_customer


def soon() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=UNDO_SECONDS)


def test_a_promise_is_a_row_and_an_event_of_ids(network: Counterpart, queue: Queue) -> None:
    message = queue()
    event = Event.objects.get(kind="message.queued")
    assert message.state == "queued"
    assert (event.subject_id, event.customer_id) == (message.pk, message.customer_id)
    assert event.facts == {"interaction": message.interaction_id, "channel": "x"}


def test_the_same_key_is_promised_once(network: Counterpart, queue: Queue) -> None:
    first = queue(key="same", interaction=None)
    assert queue(key="same", body="Other", interaction=None) == first
    assert Event.objects.filter(kind="message.queued").count() == 1


def test_nothing_leaves_before_the_undo_seconds_are_over(network: Counterpart, queue: Queue) -> None:
    queue(send_at=soon())
    send_due(batches=1)
    assert network.took == []


def test_an_agent_takes_an_answer_back_in_time(network: Counterpart, queue: Queue) -> None:
    message = cancel_message(message=queue(send_at=soon()))
    assert message.state == "cancelled"
    assert Event.objects.filter(kind="message.cancelled", subject_id=message.pk).exists()
    assert claim("worker") == []


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "uncertain", "cancelled"])
def test_what_is_on_its_way_cannot_be_taken_back(network: Counterpart, queue: Queue, state: str) -> None:
    message = queue(send_at=soon())
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(state=state, claimed_at=now, sent_at=now if state == "sent" else None)
    with pytest.raises(TooLate):
        cancel_message(message=message)
    message.refresh_from_db()
    assert message.state == state


def test_after_the_undo_seconds_it_is_too_late_even_if_no_worker_came(network: Counterpart, queue: Queue) -> None:
    message = queue(send_at=soon())
    with pytest.raises(TooLate):
        cancel_message(message=message, at=message.send_at)
    message.refresh_from_db()
    assert message.state == "queued"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"body": "  "}, "nothing_to_send", "text"),
        ({"body": "x" * 21}, "too_long", "text"),
        ({"recipient": " "}, "no_recipient", "recipient"),
        ({"channel": "email", "is_public": True}, "not_public", "is_public"),
        ({"channel": "facebook"}, "unknown_channel", "channel"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_not_kept(
    network: Counterpart, queue: Queue, fields: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(MessagingError) as refusal:
        queue(**fields)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Message.objects.exists()


@pytest.mark.parametrize("channel", ["call", "counter", "ivr"])
def test_a_talk_is_recorded_as_held_and_nothing_is_sent(queue: Queue, channel: str) -> None:
    message = queue(channel=channel, recipient="")
    assert message.state == "sent"
    assert message.sent_at is not None
    assert list(Event.objects.values_list("kind", flat=True).order_by("id")) == ["message.queued", "message.sent"]


def test_only_channels_with_an_adapter_are_offered() -> None:
    offered = channels.codes()
    assert {"email", "letter", "call", "counter", "ivr", "x"} <= set(offered)
    assert "whatsapp" not in offered


@pytest.mark.django_db
def test_a_message_may_stand_alone(network: Counterpart) -> None:
    message = queue_message(
        interaction=None, customer=a_customer(), channel="x", recipient="rina", body="Halo", by=None,
        send_at=timezone.now(), key="alone",
    )  # fmt: skip
    assert message.state == "queued"
