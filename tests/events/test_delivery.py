"""News to the rooms above: every event at least once, none skipped, poison set aside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from crm.events import subscribe
from crm.events.actions import record
from crm.events.models import Event, ParkedEvent, Subscriber
from crm.events.subscribe import BATCH, TRIES_BY_ITSELF, deliver, retry_parked
from crm.staff.models import User
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_member


class Reader:
    """Keeps what it read in the database, as real readers do; stumbles over what it is told to."""

    def __init__(self) -> None:
        self.poison: set[str] = set()

    def __call__(self, event: Event) -> None:
        Subscriber.objects.create(name=f"read {event.pk}")
        if event.kind in self.poison:
            raise ValueError("rina@example.com")

    @property
    def read(self) -> list[int]:
        names = Subscriber.objects.filter(name__startswith="read ").values_list("name", flat=True)
        return sorted(int(name.split()[1]) for name in names)


@contextmanager
def elsewhere() -> Iterator[Any]:
    """A transaction in a database of the same server that is none of ours."""
    other = psycopg2.connect(**connection.get_connection_params() | {"dbname": "postgres"})
    try:
        yield other.cursor()
    finally:
        other.close()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(subscribe, "_subscribers", {})
    subscribe.subscribe("reader", reader, kinds=("case.opened", "case.settled"))
    return reader


@pytest.fixture
def sari(transactional_db: None) -> User:
    return a_member()


def test_a_reader_gets_each_event_of_its_kinds_once(sari: User, reader: Reader) -> None:
    wanted = [record("case.opened", subject=sari).pk, record("case.settled", subject=sari).pk]
    record("case.noted", subject=sari)
    assert [deliver("reader"), deliver("reader")] == [2, 0]
    assert reader.read == wanted


def test_an_event_committed_after_a_later_one_is_not_skipped(sari: User, reader: Reader) -> None:
    with somebody_else() as does:
        with transaction.atomic():
            slow = record("case.opened", subject=sari)
            quick = does(record, "case.opened", subject=sari).result(20)
            assert quick.pk > slow.pk
            assert does(deliver, "reader").result(20) == 0  # the gap may still be filled
        assert deliver("reader") == 2
    assert reader.read == [slow.pk, quick.pk]


def test_an_event_whose_transaction_began_first_and_wrote_last_is_not_skipped(sari: User, reader: Reader) -> None:
    with somebody_else() as does:
        with transaction.atomic():
            User.objects.filter(pk=sari.pk).update(signature="Sari")  # takes the lower transaction number
            quick = does(record, "case.opened", subject=sari).result(20)
            does(deliver, "reader").result(20)
            slow = record("case.opened", subject=sari)
        deliver("reader")
    assert reader.read == [quick.pk, slow.pk]


def test_what_a_handler_records_itself_is_read_next_time(sari: User, reader: Reader) -> None:
    def settle(event: Event) -> None:
        record("case.settled", subject=sari)

    subscribe.subscribe("reader", settle, kinds=("case.opened",))
    record("case.opened", subject=sari)
    deliver("reader")
    subscribe.subscribe("reader", reader, kinds=("case.settled",))
    assert deliver("reader") == 1


def test_a_long_transaction_in_another_database_holds_up_nothing(sari: User, reader: Reader) -> None:
    event = record("case.opened", subject=sari)
    with elsewhere() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        later = record("case.opened", subject=sari)
        assert deliver("reader") == 2
    assert reader.read == [event.pk, later.pk]


def test_poison_is_parked_and_the_rest_goes_on(sari: User, reader: Reader) -> None:
    reader.poison = {"case.opened"}
    poison, good = record("case.opened", subject=sari), record("case.settled", subject=sari)
    deliver("reader")
    assert reader.read == [good.pk]
    assert ParkedEvent.objects.get().event == poison


def test_a_parked_event_names_the_fault_and_quotes_nobody(sari: User, reader: Reader) -> None:
    reader.poison = {"case.opened"}
    record("case.opened", subject=sari)
    deliver("reader")
    assert ParkedEvent.objects.get().error.startswith("ValueError at test_delivery.py:")


def test_what_was_a_passing_fault_goes_through_with_the_next_knock(sari: User, reader: Reader) -> None:
    reader.poison = {"case.opened"}
    event = record("case.opened", subject=sari)
    deliver("reader")
    reader.poison = set()
    deliver("reader")
    assert reader.read == [event.pk]
    assert not ParkedEvent.objects.exists()


def test_lasting_poison_is_left_to_a_person_after_some_tries(sari: User, reader: Reader) -> None:
    reader.poison = {"case.opened"}
    event = record("case.opened", subject=sari)
    for _knock in range(TRIES_BY_ITSELF + 2):
        deliver("reader")
    parked = ParkedEvent.objects.get()
    assert parked.attempts == TRIES_BY_ITSELF
    assert not retry_parked(parked)
    reader.poison = set()
    assert retry_parked(parked)
    assert reader.read == [event.pk]
    assert not ParkedEvent.objects.exists()


def test_two_deliverers_at_once_hand_over_each_event_once(sari: User, reader: Reader) -> None:
    events = [record("case.opened", subject=sari).pk for _each in range(3)]
    deliver("reader")
    record("case.opened", subject=sari)
    with somebody_else() as does, transaction.atomic():
        assert deliver("reader") == 1
        assert does(deliver, "reader").result(20) == 0
    assert len(reader.read) == len(events) + 1


def test_the_very_first_deliverers_at_once_share_one_position(sari: User, reader: Reader) -> None:
    event = record("case.opened", subject=sari)
    with somebody_else() as does:
        with transaction.atomic():
            deliver("reader")
            theirs = does(deliver, "reader")
            until_somebody_waits()
        theirs.result(20)
    assert reader.read == [event.pk]


def test_a_deliverer_that_died_before_its_commit_leaves_everything_to_the_next(sari: User, reader: Reader) -> None:
    event = record("case.opened", subject=sari)
    with transaction.atomic():
        deliver("reader")
        transaction.set_rollback(True)
    assert reader.read == []
    assert deliver("reader") == 1
    assert reader.read == [event.pk]


def test_a_deliverer_whose_connection_is_killed_leaves_everything_to_the_next(sari: User, reader: Reader) -> None:
    event = record("case.opened", subject=sari)
    subscribe.subscribe("reader", die, kinds=("case.opened",))
    with somebody_else() as does, pytest.raises((OperationalError, InterfaceError)):
        does(deliver, "reader").result(20)
    subscribe.subscribe("reader", reader, kinds=("case.opened",))
    assert deliver("reader") == 1
    assert reader.read == [event.pk]


def die(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_long_backlog_is_read_to_its_end(sari: User, reader: Reader) -> None:
    for _each in range(BATCH + 1):
        record("case.opened", subject=sari)
    assert subscribe.deliver_all() == BATCH + 1
    assert len(reader.read) == BATCH + 1


def test_events_of_other_kinds_are_passed_by_and_not_gone_through_again(sari: User, reader: Reader) -> None:
    other = record("case.noted", subject=sari)
    deliver("reader")
    assert Subscriber.objects.get(pk="reader").transaction > other.transaction


def test_a_knock_without_news_costs_few_queries(
    sari: User, reader: Reader, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    deliver("reader")
    with django_assert_max_num_queries(8):
        deliver("reader")


@pytest.mark.parametrize("change", ["UPDATE events_event SET kind = 'x'", "DELETE FROM events_event"])
def test_what_happened_cannot_be_changed(sari: User, change: str) -> None:
    event = record("case.opened", subject=sari)
    with pytest.raises(InternalError, match="append_only"), connection.cursor() as cursor:
        cursor.execute(change)
    assert Event.objects.get() == event


def test_what_lies_before_a_chosen_beginning_is_news_to_nobody(reader: Reader, sari: User) -> None:
    record("case.opened", subject=sari)
    last = record("case.opened", subject=sari)
    subscribe.begin_after(Event.objects.get(pk=last.pk))
    news = record("case.opened", subject=sari)
    deliver("reader")
    assert reader.read == [news.pk]
