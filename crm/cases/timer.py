"""The loop that runs the clocks, as a step of every Celery worker on the `clock` queue.

It needs the database alone: a lost broker, a dead beat or a second worker change nothing.
"""

import logging
import os
import socket
import threading
import time
from typing import Any

from celery import bootsteps
from django.db import connection

from crm.cases.promise_sweep import next_promise_seconds, sweep_promises
from crm.cases.sweep import Swept, beat, next_wake_seconds, sweep
from crm.lib.observe.alive import note_alive

log = logging.getLogger(__name__)
LONGEST = 1.0  # a clock opened while we sleep may wake earlier than the one we sleep for
HELD = 0.005  # a due row that another holds must not make us spin
BEAT_EVERY = 1.0


class Timer(threading.Thread):
    """Sleep to the next `wake_at` (at most a second), sweep, again."""

    def __init__(self) -> None:
        super().__init__(name="clock-timer", daemon=True)
        self.stopping = threading.Event()
        self.sweeper = f"{socket.gethostname()}:{os.getpid()}"
        self.beaten = 0.0

    def run(self) -> None:
        while not self.stopping.is_set():
            self.stopping.wait(self.round())
        connection.close()

    def round(self) -> float:
        """One sweep; returns how long to sleep. Nothing ends the loop: what fails is reported and tried again."""
        try:
            swept, promises = sweep(), sweep_promises()
            self.show_life()
            if swept != Swept() or promises:
                return 0.0
            return min(next_wake_seconds(LONGEST), next_promise_seconds(LONGEST)) or HELD
        except Exception:  # a database that is away, or a fault of ours: a dead timer would miss every breach
            log.exception("sweep failed")
            connection.close()
            return LONGEST

    def show_life(self) -> None:
        if time.monotonic() - self.beaten >= BEAT_EVERY:
            beat(self.sweeper)
            note_alive()
            self.beaten = time.monotonic()

    def stop(self) -> None:
        self.stopping.set()
        self.join(timeout=10)


class ClockTimer(bootsteps.StartStopStep):
    """Starts the timer in workers of the `clock` queue, and stops it first when they are told to."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.timer: Timer | None = None

    def start(self, worker: Any) -> None:
        if "clock" in worker.app.amqp.queues.consume_from:
            self.timer = Timer()
            self.timer.start()

    def stop(self, worker: Any) -> None:
        if self.timer is not None:
            self.timer.stop()
