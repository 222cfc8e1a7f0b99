"""What leaves in bulk never stands before an answer, and never exceeds the minute's budget of its channel."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from crm.messaging import pacing
from crm.messaging.channels import Passing
from crm.messaging.models import Message, Taken
from crm.messaging.outbox import claim, claim_bulk, send_bulk, send_due
from tests.connections import somebody_else, until_somebody_waits
from tests.messaging.conftest import Counterpart, Queue, ago

Budget = Callable[[int], None]


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """So many a minute on X."""
    return lambda most: monkeypatch.setattr(pacing, "_limits", [lambda channel: most if channel == "x" else None])


def test_an_answer_leaves_first_however_many_of_a_campaign_were_due_before(network: Counterpart, queue: Queue) -> None:
    many = [queue(bulk=True, send_at=ago(hours=1)) for _each in range(25)]
    answer = queue()
    send_due(batches=1)
    assert network.took == [answer.key]
    assert send_bulk(seconds=60) == 25
    assert sorted(network.took) == sorted(one.key for one in [answer, *many])


def test_a_campaign_that_is_being_sent_holds_no_answer_back(network: Counterpart, queue: Queue) -> None:
    queue(bulk=True)
    assert claim("desk") == []
    answer = queue()
    assert claim("desk") == [answer.pk]
    assert claim_bulk("campaign", "x") != [answer.pk]


def test_no_more_leave_than_the_minute_allows_and_the_rest_in_the_next(
    network: Counterpart, queue: Queue, budget: Budget
) -> None:
    budget(3)
    for _each in range(5):
        queue(bulk=True)
    assert (send_bulk(seconds=60), send_bulk(seconds=60)) == (3, 0)
    assert len(network.took) == 3
    answer = queue()
    send_due(batches=1)
    assert network.took[-1] == answer.key, "an answer has no budget"
    Taken.objects.update(at=Now() - pacing.WINDOW)
    assert send_bulk(seconds=60) == 2
    assert Taken.objects.count() == 1


def test_a_try_that_failed_has_used_its_share(network: Counterpart, queue: Queue, budget: Budget) -> None:
    budget(1)
    network.answers = [Passing("busy")]
    message = queue(bulk=True)
    send_bulk(seconds=60)
    Message.objects.filter(pk=message.pk).update(send_at=ago(seconds=1))
    assert send_bulk(seconds=60) == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, network.took) == ("queued", 1, [])


def test_a_channel_whose_budget_is_used_up_holds_no_other_back(
    network: Counterpart, queue: Queue, budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget(0)
    queue(bulk=True)
    letter = queue(bulk=True, channel="letter", recipient="Jalan Dago 12")
    assert claim_bulk("campaign", "x") == []
    assert claim_bulk("campaign", "letter") == [letter.pk]


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_share_one_budget(network: Counterpart, queue: Queue, budget: Budget) -> None:
    budget(3)
    ids = [queue(bulk=True).pk for _each in range(4)]
    with somebody_else() as does:
        with transaction.atomic():
            mine = claim_bulk("one", "x")
            theirs = does(claim_bulk, "two", "x")
            until_somebody_waits()
        assert (mine, theirs.result(20)) == (ids[:3], [])


def test_each_lane_reads_its_own_index(db: None) -> None:
    lanes = {"message_to_send": Message.objects.due(), "message_in_bulk": Message.objects.due_in_bulk("sms")}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for index, due in lanes.items():
            plan = due.select_for_update(skip_locked=True)[:20].explain()
            assert f"Index Scan using {index} " in plan
            assert "Sort" not in plan
