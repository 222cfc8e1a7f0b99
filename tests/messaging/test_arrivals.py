"""What comes in is kept once, taken in once, tried again a few times, then shown: never lost, never in the way."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.customers.models import Customer
from crm.events.models import Event
from crm.messaging import arrivals
from crm.messaging.arrivals import (
    MOST_ATTEMPTS,
    Ignore,
    NotYet,
    forget_bodies,
    keep_arrival,
    retry_arrival,
    set_arrival_aside,
    take_due,
)
from crm.messaging.models import Arrival, Connection
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.people import a_customer

pytestmark = pytest.mark.django_db


class Room:
    """A room above that takes in what comes over X: notes what it was given, writes a customer, answers as told."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self.faults: list[Exception] = []

    def __call__(self, arrival: Arrival) -> Interaction | None:
        self.given.append(bytes(arrival.body))
        customer = a_customer(f"Customer of arrival {arrival.pk}")
        if self.faults:
            raise self.faults.pop(0)
        return Interaction.objects.create(customer=customer, channel="x", direction="in", at=timezone.now())


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()
    monkeypatch.setitem(arrivals._handlers, "x", room)
    return room


def kept(number: int = 1, **fields: object) -> Arrival:
    given = {"channel": "x", "connection": None, "external_id": f"event-{number}", "body": b"event %d" % number}
    return keep_arrival(**given | fields)[0]  # type: ignore[arg-type]


def tried(arrival: Arrival, times: int = 1) -> Arrival:
    """As if the waits between the tries were over."""
    for _each in range(times):
        Arrival.objects.filter(pk=arrival.pk).update(look_at=timezone.now() - dt.timedelta(seconds=1))
        take_due(most=10)
    arrival.refresh_from_db()
    return arrival


def test_what_came_is_given_to_the_room_of_its_channel_and_ends_with_its_contact(room: Room) -> None:
    arrival = tried(kept())
    assert room.given == [b"event 1"]
    assert (arrival.state, arrival.interaction) == ("taken", Interaction.objects.get())
    assert arrival.ended_at is not None


def test_a_delivery_that_comes_twice_is_kept_and_taken_in_once(room: Room) -> None:
    first, new = keep_arrival(channel="x", connection=None, external_id="7", body=b"one")
    again, new_again = keep_arrival(channel="x", connection=None, external_id="7", body=b"forged later")
    assert (first.pk, new, new_again) == (again.pk, True, False)
    tried(first)
    assert keep_arrival(channel="x", connection=None, external_id="7", body=b"one")[0].state == "taken"
    assert take_due(most=10) == 0
    assert room.given == [b"one"]


def test_the_same_id_on_two_accounts_is_two_events(room: Room) -> None:
    one, two = (Connection.objects.create(channel="x", account=account) for account in ("Sapa", "SapaCare"))
    assert kept(connection=one).pk != kept(connection=two).pk


def test_an_id_of_any_length_or_none_still_tells_a_double() -> None:
    for external_id in ("m" * 900, "nul\0byte", ""):
        first, second = (kept(external_id=external_id, body=b"one") for _twice in range(2))
        assert first.pk == second.pk
    assert kept(external_id="m" * 901).pk != kept(external_id="m" * 900).pk
    assert kept(external_id="", body=b"one").pk != kept(external_id="", body=b"two").pk


def test_what_came_is_taken_in_in_its_order(room: Room) -> None:
    for number in range(5):
        kept(number)
    assert take_due(most=3) == 3
    assert take_due(most=10) == 2
    assert room.given == [b"event %d" % number for number in range(5)]


def test_a_room_that_fails_leaves_nothing_behind_and_is_asked_again_later(room: Room) -> None:
    room.faults = [KeyError("rina@example.com")]
    arrival = tried(kept())
    assert (arrival.state, arrival.attempts) == ("waiting", 1)
    assert arrival.look_at > timezone.now()
    assert not Customer.objects.exists()
    assert take_due(most=10) == 0
    assert tried(arrival).state == "taken"
    assert (Customer.objects.count(), Interaction.objects.count()) == (1, 1)


def test_a_failure_is_named_without_quoting_it(room: Room) -> None:
    room.faults = [KeyError("rina@example.com")]
    assert tried(kept()).reason.startswith("KeyError at test_arrivals.py:")


def test_one_that_fails_does_not_hold_up_the_next(room: Room) -> None:
    room.faults = [RuntimeError()]
    poison, next_one = kept(1), kept(2)
    take_due(most=10)
    poison.refresh_from_db()
    next_one.refresh_from_db()
    assert (poison.state, next_one.state) == ("waiting", "taken")


def test_after_six_tries_somebody_must_look(room: Room) -> None:
    room.faults = [RuntimeError()] * MOST_ATTEMPTS
    arrival = kept()
    assert tried(arrival, MOST_ATTEMPTS - 1).state == "waiting"
    assert tried(arrival).state == "failed"
    assert list(Arrival.objects.failed()) == [arrival]
    tried(arrival, 3)
    assert len(room.given) == MOST_ATTEMPTS == 6


def test_the_waits_between_the_tries_grow(room: Room) -> None:
    room.faults = [RuntimeError()] * MOST_ATTEMPTS
    arrival, waits = kept(), []
    for _each in range(MOST_ATTEMPTS - 1):
        before = timezone.now()
        waits.append(round((tried(arrival).look_at - before).total_seconds()))
    assert waits == [2, 4, 8, 16, 32]


def test_one_whose_every_try_killed_its_worker_is_given_up_as_well(room: Room) -> None:
    arrival = kept()
    Arrival.objects.update(attempts=MOST_ATTEMPTS)
    tried(arrival)
    assert (arrival.state, arrival.reason, room.given) == ("failed", "worker stopped", [])


def test_one_that_came_before_its_turn_is_asked_again(room: Room) -> None:
    room.faults = [NotYet("parent on its way")]
    arrival = tried(kept())
    assert (arrival.state, arrival.reason) == ("waiting", "parent on its way")
    assert not Customer.objects.exists()
    assert tried(arrival).state == "taken"


def test_one_that_is_not_for_us_ends_at_once_with_the_reason(room: Room) -> None:
    room.faults = [Ignore("echo of our own")]
    arrival = tried(kept())
    assert (arrival.state, arrival.reason) == ("ignored", "echo of our own")
    assert not Customer.objects.exists()


def test_what_nobody_takes_in_waits_and_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(arrivals._handlers, "press", raising=False)
    arrival = tried(kept(channel="press"), MOST_ATTEMPTS)
    assert (arrival.state, arrival.reason) == ("failed", "no handler")


def test_a_failed_one_is_tried_again_by_hand_once(room: Room, sari: User) -> None:
    arrival = kept()
    Arrival.objects.update(state="failed", attempts=6, ended_at=timezone.now())
    retry_arrival(arrival=arrival, by=sari)
    assert retry_arrival(arrival=arrival, by=sari).state == "waiting"
    assert take_due(most=10) == 1
    assert retry_arrival(arrival=arrival, by=sari).state == "taken"
    assert Event.objects.get(kind="arrival.retried").actor_id == sari.pk
    assert len(room.given) == 1


def test_a_failed_one_that_nobody_needs_is_set_aside_and_forgotten_like_any_other(room: Room, sari: User) -> None:
    arrival = kept()
    assert set_arrival_aside(arrival=arrival, by=sari).state == "waiting"
    Arrival.objects.update(state="failed", ended_at=ago(days=30))
    set_arrival_aside(arrival=arrival, by=sari)
    assert (set_arrival_aside(arrival=arrival, by=sari).state, forget_bodies()) == ("ignored", 0)
    assert Event.objects.filter(kind="arrival.set_aside").count() == 1
    assert retry_arrival(arrival=arrival, by=sari).state == "ignored"


def test_a_week_after_the_end_the_body_is_forgotten_and_the_double_still_known(room: Room) -> None:
    old, young, failed = tried(kept(1)), tried(kept(2)), tried(kept(3))
    Arrival.objects.filter(pk=failed.pk).update(state="failed")
    Arrival.objects.exclude(pk=young.pk).update(ended_at=ago(days=7, seconds=1))
    Arrival.objects.filter(pk=young.pk).update(ended_at=ago(days=6, hours=23))
    assert forget_bodies() == 1
    assert [bytes(one.body) for one in Arrival.objects.order_by("pk")] == [b"", b"event 2", b"event 3"]
    assert not keep_arrival(channel="x", connection=None, external_id=old.external_id, body=b"event 1")[1]


def test_a_connection_knows_when_something_last_came(room: Room) -> None:
    connection = Connection.objects.create(channel="x", account="Sapa")
    kept(connection=connection)
    connection.refresh_from_db()
    assert connection.last_in_at is not None


def ago(**span: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**span)
