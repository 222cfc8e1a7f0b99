"""Claim, commit, send, record; and what each kind of failure leads to."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.events.models import Event
from crm.messaging.channels import Passing, Permanent, Sent, Uncertain
from crm.messaging.models import Message
from crm.messaging.outbox import (
    BATCH,
    CLAIM_LASTS,
    attempt,
    begin,
    claim,
    deliver,
    release_stale,
    send_due,
)
from crm.messaging.outcomes import MOST_ATTEMPTS, retry_delay, write_down
from tests.messaging.conftest import Counterpart, Queue, ago


def kinds(message: Message) -> list[str]:
    events = Event.objects.filter(subject_type="message", subject_id=message.pk).order_by("id")
    return list(events.values_list("kind", flat=True))


def age(message: Message, **fields: dt.datetime) -> None:
    Message.objects.filter(pk=message.pk).update(**fields)


def test_a_due_message_is_sent_and_recorded(network: Counterpart, queue: Queue) -> None:
    message = queue()
    send_due(batches=1)
    message.refresh_from_db()
    assert network.took == [message.key]
    assert (message.state, message.external_id, message.attempts) == ("sent", f"network-{message.pk}", 1)
    assert kinds(message) == ["message.queued", "message.sent"]


def test_the_oldest_promise_goes_first(network: Counterpart, queue: Queue) -> None:
    late, early = queue(send_at=ago(minutes=1)), queue(send_at=ago(minutes=2))
    send_due(batches=1)
    assert network.took == [early.key, late.key]


def test_a_passing_failure_is_tried_again_later(network: Counterpart, queue: Queue) -> None:
    network.answers = [Passing("busy")]
    message = queue()
    send_due(batches=1)
    message.refresh_from_db()
    assert (message.state, message.error, message.attempts) == ("queued", "busy", 1)
    assert message.send_at > timezone.now() + retry_delay(1) - dt.timedelta(seconds=5)
    assert kinds(message) == ["message.queued"]


def test_the_other_sides_own_time_is_honoured(network: Counterpart, queue: Queue) -> None:
    in_an_hour = timezone.now() + dt.timedelta(hours=1)
    network.answers = [Passing("429", retry_at=in_an_hour)]
    message = queue()
    send_due(batches=1)
    message.refresh_from_db()
    assert message.send_at == in_an_hour


def test_a_reset_time_in_the_past_does_not_hammer_the_network(network: Counterpart, queue: Queue) -> None:
    network.answers = [Passing("429", retry_at=ago(hours=1))]
    message = queue()
    send_due(batches=1)
    message.refresh_from_db()
    assert message.send_at > timezone.now()


def test_delays_double_up_to_half_an_hour() -> None:
    delays = [retry_delay(attempts).total_seconds() for attempts in range(1, MOST_ATTEMPTS)]
    assert delays[:4] == [10, 20, 40, 80]
    assert delays[-1] == 1800
    assert sum(delays) < 3 * 3600


def test_a_lasting_passing_failure_is_given_up(network: Counterpart, queue: Queue) -> None:
    network.answers = [Passing("busy")] * MOST_ATTEMPTS
    message = queue()
    for _try in range(MOST_ATTEMPTS):
        age(message, send_at=ago(seconds=1))
        send_due(batches=1)
    message.refresh_from_db()
    assert message.state == "failed"
    assert kinds(message) == ["message.queued", "message.failed"]


def test_a_refusal_for_good_is_final_and_says_which_answer_it_was(network: Counterpart, queue: Queue) -> None:
    network.answers = [Permanent("blocked")]
    message = queue()
    send_due(batches=1)
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "blocked")
    assert Event.objects.get(kind="message.failed").facts["interaction"] == message.interaction_id


@pytest.mark.parametrize("failure", [Uncertain("no reply"), KeyError("rina@example.com")])
def test_a_doubtful_message_is_never_sent_again_by_itself(
    network: Counterpart, queue: Queue, failure: Exception
) -> None:
    network.answers = [failure]
    message = queue()
    send_due(batches=1)
    send_due(batches=1)
    message.refresh_from_db()
    assert message.state == "uncertain"
    assert "rina" not in message.error
    assert kinds(message) == ["message.queued", "message.uncertain"]


def test_where_the_other_side_drops_doubles_a_doubtful_message_goes_again(network: Counterpart, queue: Queue) -> None:
    network.repeatable = True
    network.answers = [Uncertain("no reply")]
    message = queue()
    send_due(batches=1)
    age(message, send_at=ago(seconds=1))
    send_due(batches=1)
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_channel_that_was_taken_away_fails_and_does_not_block(network: Counterpart, queue: Queue) -> None:
    gone, here = queue(), queue()
    Message.objects.filter(pk=gone.pk).update(channel="facebook")
    send_due(batches=1)
    gone.refresh_from_db()
    assert (gone.state, gone.error) == ("failed", "unknown channel")
    assert network.took == [here.key]


def test_a_worker_that_died_before_it_began_leaves_the_message_to_the_next(network: Counterpart, queue: Queue) -> None:
    message = queue()
    claim("dead")
    age(message, claimed_at=ago(seconds=CLAIM_LASTS.total_seconds() + 1))
    send_due(batches=1)
    message.refresh_from_db()
    assert (message.state, message.attempts, network.took) == ("sent", 1, [message.key])


def test_a_worker_that_died_after_it_began_leaves_a_doubt(network: Counterpart, queue: Queue) -> None:
    message = queue()
    claim("dead")
    begin(message.pk, "dead")
    age(message, begun_at=ago(seconds=CLAIM_LASTS.total_seconds() + 1))
    send_due(batches=1)
    message.refresh_from_db()
    assert (message.state, network.took) == ("uncertain", [])
    assert kinds(message) == ["message.queued", "message.uncertain"]


def test_a_dead_workers_message_goes_again_where_doubles_are_dropped(network: Counterpart, queue: Queue) -> None:
    network.repeatable = True
    message = queue()
    claim("dead")
    begin(message.pk, "dead")
    age(message, begun_at=ago(seconds=CLAIM_LASTS.total_seconds() + 1))
    release_stale()
    message.refresh_from_db()
    assert message.state == "queued"


def test_a_slow_worker_is_not_taken_for_a_dead_one(network: Counterpart, queue: Queue) -> None:
    message = queue()
    claim("slow")
    begin(message.pk, "slow")
    age(message, claimed_at=ago(hours=1))
    assert release_stale() == 0
    message.refresh_from_db()
    assert message.state == "sending"


def test_a_worker_whose_claim_was_taken_away_does_not_send(network: Counterpart, queue: Queue) -> None:
    message = queue()
    claim("slow")
    age(message, claimed_at=ago(hours=1))
    release_stale()
    claim("next")
    deliver(message.pk, "slow")
    assert network.took == []


def test_a_doubt_ends_when_the_slow_worker_reports_after_all(network: Counterpart, queue: Queue) -> None:
    message = queue()
    claim("slow")
    begun = begin(message.pk, "slow")
    assert begun is not None
    age(message, begun_at=ago(hours=1))
    release_stale()
    write_down(begun, "slow", attempt(begun))
    message.refresh_from_db()
    assert message.state == "sent"


def test_what_a_person_decided_meanwhile_stands(network: Counterpart, queue: Queue) -> None:
    message = queue()
    claim("slow")
    begun = begin(message.pk, "slow")
    assert begun is not None
    age(message, begun_at=ago(hours=1))
    release_stale()
    Message.objects.filter(pk=message.pk).update(state="failed")
    write_down(begun, "slow", Sent("late"))
    message.refresh_from_db()
    assert (message.state, message.external_id) == ("failed", "")


def test_a_backlog_is_sent_in_batches_and_says_that_there_is_more(network: Counterpart, queue: Queue) -> None:
    for _each in range(BATCH + 1):
        queue()
    assert send_due(batches=1)
    assert len(network.took) == BATCH
    assert not send_due(batches=1)
    assert len(network.took) == BATCH + 1


def test_one_message_costs_few_queries(
    network: Counterpart, queue: Queue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    queue()
    with django_assert_max_num_queries(18):
        send_due(batches=1)
