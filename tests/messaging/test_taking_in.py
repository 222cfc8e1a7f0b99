"""What comes in is on its way to the desk at once, by a worker of its own kind."""

import time

import pytest

from crm.cases.defaults import ensure_policy
from crm.messaging.arrivals import keep_arrival
from crm.messaging.models import Arrival
from tests.processes import message_worker

PATIENCE = 60.0


@pytest.mark.django_db(transaction=True)
def test_a_kept_arrival_is_taken_up_by_a_running_worker_without_waiting_for_beat() -> None:
    """Nobody registered for letters that come in: it is tried, put off, and never lost."""
    ensure_policy()
    with message_worker():
        arrival, new = keep_arrival(channel="letter", connection=None, external_id="a", body=b"x")
        deadline = time.monotonic() + PATIENCE
        while not (seen := Arrival.objects.get(pk=arrival.pk)).attempts and time.monotonic() < deadline:
            time.sleep(0.05)
    assert (new, seen.attempts > 0, seen.state) == (True, True, Arrival.State.WAITING)
