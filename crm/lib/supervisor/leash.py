"""The leash: a process that ends the supervisor's children when the supervisor is killed and cannot do it itself.

It reads `+PID` and `-PID` from its standard input, which closes when the supervisor ends, however it ends; what is
then still on the list gets SIGTERM and, after a while, its whole group SIGKILL. The same on Linux and macOS. For the
case that both are killed at once, the lock file holds the list for the next start.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

PATIENCE = 8.0  # seconds


class Leash:
    """The supervisor's end."""

    def __init__(self, lock: Path, patience: float = PATIENCE) -> None:
        self.command = [sys.executable, "-I", __file__, str(lock), str(patience)]
        self.lock = lock
        self.groups: set[int] = set()
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True, text=True)

    def add(self, group: int) -> None:
        self.groups.add(group)
        self._write_down()
        self._say(f"+{group}")

    def remove(self, group: int) -> None:
        self.groups.discard(group)
        self._write_down()
        self._say(f"-{group}")

    def renew(self) -> None:
        """Another in the place of one that was killed."""
        if self.process.poll() is not None:
            self._start()
            for group in self.groups:
                self._say(f"+{group}")

    def close(self) -> None:
        """Let go; whatever is still listed ends now."""
        with suppress(BrokenPipeError):
            self.process.communicate()

    def _write_down(self) -> None:
        self.lock.write_text("".join(f"{group} {birth(group)}\n" for group in self.groups))

    def _say(self, line: str) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()


def await_free(lock: Path) -> None:
    """Wait until the children of a supervisor that was killed are gone; end them where its leash was killed too."""
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        written = [line.split() for line in file]
        end({int(group) for group, born in written if born == birth(int(group))}, PATIENCE)
        file.truncate(0)


def birth(pid: int) -> str:
    """When the process began: tells it from another that got its number later."""
    try:
        return str(psutil.Process(pid).create_time())
    except psutil.Error:
        return "never"


def end(groups: set[int], patience: float, reap: Callable[[], object] = bool) -> None:
    """Ask each leader to end, wait, then kill what is left of its group. A parent passes how it reaps its children."""
    for group in groups:
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(_lives(group) for group in groups):
        time.sleep(0.05)
        reap()
    for group in groups:
        kill(group)


def kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):  # macOS refuses for a group of zombies
        return False
    return True


def main(lock: str, patience: str) -> None:
    groups: set[int] = set()
    with Path(lock).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for line in sys.stdin:
            change = groups.add if line[0] == "+" else groups.discard
            change(int(line[1:]))
        end(groups, float(patience))


if __name__ == "__main__":
    main(*sys.argv[1:])
