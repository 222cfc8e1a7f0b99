"""How a connection does, as those who speak over it write it down."""

import datetime as dt

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from crm.messaging import health
from crm.messaging.channels import Passing, Permanent, Uncertain
from crm.messaging.models import Connection
from crm.messaging.outbox import send_due
from tests.messaging.conftest import Counterpart, Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def sapa(db: None) -> Connection:
    return Connection.objects.create(channel="x", account="Sapa")


def now(sapa: Connection) -> Connection:
    sapa.refresh_from_db()
    return sapa


def test_a_fault_says_since_when_however_often_it_comes(sapa: Connection) -> None:
    health.note_fault(sapa.pk, "503")
    began = now(sapa).fault_since
    health.note_fault(sapa.pk, "TimeoutError")
    assert (now(sapa).fault, sapa.fault_since) == ("TimeoutError", began)
    assert sapa.fault_at > began  # type: ignore[operator]


def test_success_ends_the_fault_and_a_pause_that_is_over(sapa: Connection) -> None:
    health.note_fault(sapa.pk, "429", paused_until=timezone.now() - dt.timedelta(seconds=1))
    health.note_ok(sapa.pk)
    assert (now(sapa).fault, sapa.fault_since, sapa.paused_until) == ("", None, None)
    assert sapa.last_ok_at
    health.note_fault(sapa.pk, "503")
    assert now(sapa).fault_since > sapa.last_ok_at  # type: ignore[operator]


def test_what_the_network_allows_of_one_kind_does_not_end_its_pause_of_another(sapa: Connection) -> None:
    until = timezone.now() + dt.timedelta(minutes=15)
    health.note_fault(sapa.pk, "posts limited (429)", paused_until=until)
    health.note_out(sapa.pk)
    assert (now(sapa).fault, sapa.paused_until) == ("posts limited (429)", until)
    assert sapa.last_out_at
    assert sapa.last_ok_at


def test_another_fault_during_a_pause_does_not_end_it(sapa: Connection) -> None:
    until = timezone.now() + dt.timedelta(minutes=15)
    health.note_fault(sapa.pk, "429", paused_until=until)
    health.note_fault(sapa.pk, "503")
    assert (now(sapa).fault, sapa.paused_until) == ("503", until)


def test_good_news_that_is_already_known_is_not_written_again(sapa: Connection) -> None:
    health.note_ok(sapa.pk)
    health.note_in(sapa.pk)
    first = now(sapa).last_ok_at, sapa.last_in_at
    health.note_ok(sapa.pk)
    health.note_in(sapa.pk)
    assert (now(sapa).last_ok_at, sapa.last_in_at) == first
    old = timezone.now() - dt.timedelta(seconds=11)
    Connection.objects.update(last_ok_at=old, last_in_at=old)
    health.note_ok(sapa.pk)
    health.note_in(sapa.pk)
    assert now(sapa).last_ok_at > old < sapa.last_in_at  # type: ignore[operator]


@pytest.mark.parametrize("reason", ["", "nul\0byte", "two\nlines", "long " * 200])
def test_any_reason_can_be_kept(sapa: Connection, reason: str) -> None:
    health.note_fault(sapa.pk, reason)
    assert now(sapa).fault
    assert "\n" not in sapa.fault


def test_a_note_that_cannot_be_written_costs_the_caller_nothing(sapa: Connection) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE messaging_connection ADD CONSTRAINT never CHECK (fault = '' AND last_ok_at IS NULL)"
        )
    with transaction.atomic():
        health.note_fault(sapa.pk, "503")
        health.note_ok(sapa.pk)
        Connection.objects.filter(pk=sapa.pk).update(name="Our account")
    assert (now(sapa).name, sapa.fault) == ("Our account", "")


def test_a_note_on_a_connection_that_is_gone_is_no_fault(sapa: Connection) -> None:
    health.note_fault(sapa.pk + 1, "503")
    health.note_out(sapa.pk + 1)
    assert now(sapa).fault == ""


def test_each_message_that_leaves_or_does_not_is_written_down(
    network: Counterpart, queue: Queue, sapa: Connection
) -> None:
    network.answers = [Passing("429", retry_at=timezone.now() + dt.timedelta(minutes=5))]
    queue(account="SAPA")
    send_due(batches=1)
    assert now(sapa).fault == "429"
    assert sapa.paused_until
    queue()
    send_due(batches=1)
    assert (now(sapa).fault, sapa.last_out_at is None) == ("429", False)
    Connection.objects.update(paused_until=timezone.now())
    queue()
    send_due(batches=1)
    assert (now(sapa).fault, sapa.paused_until) == ("", None)


def test_a_doubt_is_a_fault_of_the_connection_and_a_refused_message_is_not(
    network: Counterpart, queue: Queue, sapa: Connection
) -> None:
    network.answers = [Permanent("recipient refused (550)")]
    queue()
    send_due(batches=1)
    assert now(sapa).fault == ""
    network.answers = [Uncertain("Unanswered")]
    queue()
    send_due(batches=1)
    assert now(sapa).fault == "Unanswered"


def test_a_message_goes_over_its_own_account_and_the_fault_is_that_ones(
    network: Counterpart, queue: Queue, sapa: Connection
) -> None:
    care = Connection.objects.create(channel="x", account="SapaCare")
    network.answers = [Passing("503")]
    queue(account="sapacare")
    send_due(batches=1)
    assert (now(care).fault, now(sapa).fault) == ("503", "")
