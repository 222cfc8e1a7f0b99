"""Starting, watching, restarting and stopping a set of programs."""

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from crm.lib.supervisor.leash import Leash, end, kill
from crm.lib.supervisor.programs import Program

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
# A program that lived this long failed for a new reason: its back-off starts again.
WELL_AFTER = 30.0
GRACE = 20.0


def say(name: str, line: str) -> None:
    with suppress(BrokenPipeError):
        print(f"{name:>7} | {line}", flush=True)  # noqa: T201


@dataclass
class Child:
    """A program, its process while it runs, and when to start it again."""

    program: Program
    process: subprocess.Popen[str] | None = None
    failures: int = 0
    started: float = 0.0
    retry_at: float = 0.0

    def start(self) -> int:
        """In a session of its own, so that Ctrl-C reaches the supervisor alone and a group can be ended whole."""
        self.process = subprocess.Popen(
            self.program.command,
            start_new_session=True,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.started = time.monotonic()
        assert self.process.stdout
        threading.Thread(target=relay, args=(self.program.name, self.process.stdout), daemon=True).start()
        return self.process.pid

    def note_end(self) -> float:
        """Count the failure; returns for how many seconds to wait before the next start."""
        lived = time.monotonic() - self.started
        self.failures = 1 if lived > WELL_AFTER else self.failures + 1
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self.failures - 1))
        self.retry_at = time.monotonic() + delay
        return delay


def relay(name: str, stream: IO[str]) -> None:
    with stream:
        for line in stream:
            say(name, line.rstrip("\n"))


class Supervisor:
    """Keeps `programs` alive until `stop()`, then leaves no process behind.

    `each_round` runs once a round, e.g. to bring back a database; a truthy answer restarts every program.
    """

    def __init__(self, programs: list[Program], leash: Leash, each_round: Callable[[], bool] = bool) -> None:
        self.children = [Child(program) for program in programs]
        self.leash = leash
        self.each_round = each_round
        self.stopping = threading.Event()

    def stop(self, *_signal: object) -> None:
        """Safe in a signal handler; a second call does not wait for anybody."""
        if self.stopping.is_set():
            self._kill()
        self.stopping.set()

    def run(self, pause: float = 0.5) -> None:
        try:
            while not self.stopping.is_set():
                self.round()
                self.stopping.wait(pause)
        finally:
            self.end_all()

    def round(self) -> None:
        self.leash.renew()
        if self.each_round():
            say("sapa", "the servers moved: starting every process again")
            self.end_all()
        for child in self.children:
            self._look_after(child)

    def end_all(self) -> None:
        end({child.process.pid for child in self.children if child.process}, GRACE, reap=self._reap)
        for child in self.children:
            self._forget(child)

    def _reap(self) -> None:
        for child in self.children:
            if child.process:
                child.process.poll()

    def _look_after(self, child: Child) -> None:
        if child.process and child.process.poll() is not None:
            code = child.process.returncode
            self._forget(child)
            say(child.program.name, f"ended with code {code}; starting again in {child.note_end():.1f} s")
        if child.process is None and time.monotonic() >= child.retry_at:
            self.leash.add(child.start())

    def _forget(self, child: Child) -> None:
        """It has ended: whatever it left of its group ends too."""
        if child.process:
            kill(child.process.pid)
            self.leash.remove(child.process.pid)
            child.process = None

    def _kill(self) -> None:
        for child in self.children:
            if child.process:
                kill(child.process.pid)
