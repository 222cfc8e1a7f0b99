"""What only two connections, or a process that is killed, can show about what comes in."""

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from crm.customers.models import Customer
from crm.messaging import arrivals
from crm.messaging.arrivals import keep_arrival, take_due
from crm.messaging.models import Arrival
from crm.timeline.models import Interaction
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
HANG_IN_THE_HANDLER = """
import time
from crm.customers.models import Customer
from crm.messaging import arrivals

def hang(arrival):
    Customer.objects.create(name="Half taken in")
    print("in the middle", flush=True)
    time.sleep(600)

arrivals.register("x", hang)
arrivals.take_due(most=1)
"""


def keep(number: int = 1) -> tuple[Arrival, bool]:
    return keep_arrival(channel="x", connection=None, external_id=f"event-{number}", body=b"event %d" % number)


def take(arrival: Arrival) -> Interaction:
    """What a room does: somebody wrote something."""
    customer = a_customer(f"Customer of {arrival.external_id}")
    return Interaction.objects.create(customer=customer, channel="x", direction="in", at=timezone.now())


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(arrivals._handlers, "x", take)


def test_one_event_delivered_to_two_web_processes_at_once_is_one_row() -> None:
    with somebody_else() as does:
        with transaction.atomic():
            mine, new = keep()
            theirs = does(keep)
            until_somebody_waits()
        assert (new, theirs.result(20)) == (True, (mine, False))
    assert Arrival.objects.count() == 1


def test_two_workers_never_take_the_same_one_even_after_its_wait_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(1)
    with somebody_else() as does:

        def take_slowly(arrival: Arrival) -> Interaction:
            monkeypatch.setitem(arrivals._handlers, "x", take)
            Arrival.objects.filter(pk=arrival.pk).update(look_at=timezone.now() - dt.timedelta(hours=1))
            assert does(take_due, most=10).result(20) == 0
            return take(arrival)

        monkeypatch.setitem(arrivals._handlers, "x", take_slowly)
        assert take_due(most=10) == 1
    assert Arrival.objects.get().state == "taken"


def test_two_workers_share_the_work_and_double_nothing() -> None:
    for number in range(40):
        keep(number)
    with somebody_else() as does:
        theirs = does(take_due, most=40)
        mine = take_due(most=40)
        assert mine + theirs.result(60) == 40
    assert set(Arrival.objects.values_list("state", flat=True)) == {"taken"}
    assert Customer.objects.count() == Interaction.objects.count() == 40


def test_a_worker_that_looks_at_the_row_for_a_moment_costs_the_event_no_try() -> None:
    keep()
    claimed = arrivals._claim()
    with somebody_else() as does:
        with transaction.atomic():
            Arrival.objects.select_for_update().get()
            later = does(arrivals._take, claimed)
            until_somebody_waits()
        later.result(20)
    assert Arrival.objects.get().state == "taken"


def test_a_worker_killed_in_the_middle_of_a_handler_leaves_it_waiting_and_it_is_taken_in_once() -> None:
    arrival, _new = keep()
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", HANG_IN_THE_HANDLER],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"in the middle\n"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    with transaction.atomic():  # once the database knows that the worker is gone
        arrival = Arrival.objects.select_for_update().get()
    assert (arrival.state, arrival.attempts) == ("waiting", 1)
    assert not Customer.objects.exists()
    Arrival.objects.update(look_at=timezone.now())
    assert take_due(most=10) == 1
    assert take_due(most=10) == 0
    assert Customer.objects.get().name == "Customer of event-1"
