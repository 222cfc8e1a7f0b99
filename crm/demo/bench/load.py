"""A web server on the bench database and clients that ask it as fast as it answers."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from crm.demo.bench.table import percentile

WORKERS, READY_WITHIN = 4, 30.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None
    expect: int = 200


@dataclass(frozen=True)
class Rates:
    """What the clients saw; times in milliseconds."""

    rps: float
    p50_ms: float
    p99_ms: float
    count: int


class WrongAnswer(Exception):
    """A bench of errors measures nothing: the first unexpected status ends it."""


@contextmanager
def server(workers: int = WORKERS) -> Iterator[int]:
    """Gunicorn as in `make run`, quiet, on a free port; yields the port, ends it afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "crm.wsgi:application", f"--bind=127.0.0.1:{port}"]
    # Its log, a line a request, goes nowhere: a terminal that scrolls would be measured too.
    options = [f"--workers={workers}", "--log-level=error"]
    process = subprocess.Popen([*command, *options], env=os.environ, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def measure(port: int, make: Callable[[int], Request], *, clients: int, seconds: float) -> Rates:
    """`clients` keep-alive connections ask `make(i)` (i counts over all clients) for `seconds`.

    Raises WrongAnswer with the server's words when an answer has another status than expected.
    """
    shared = _Shared(deadline=time.perf_counter() + seconds)
    threads = [threading.Thread(target=_ask, args=(port, make, shared, n, clients)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if shared.errors:
        raise WrongAnswer(shared.errors[0])
    return _rates(shared.times, time.perf_counter() - began)


class _Shared:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.times: list[float] = []
        self.errors: list[str] = []

    @property
    def is_over(self) -> bool:
        return bool(self.errors) or time.perf_counter() >= self.deadline


def _ask(port: int, make: Callable[[int], Request], shared: _Shared, number: int, step: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        while not shared.is_over:
            request = make(number)
            began = time.perf_counter()
            try:
                _once(connection, request)
            except (WrongAnswer, OSError, http.client.HTTPException) as error:
                shared.errors.append(repr(error))
                return
            shared.times.append((time.perf_counter() - began) * 1000)
            number += step


def _once(connection: http.client.HTTPConnection, request: Request) -> None:
    connection.request(request.method, request.path, request.body, request.headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != request.expect:
        raise WrongAnswer(f"{request.method} {request.path}: {answer.status} {body[:300]!r}")


def _rates(times: list[float], seconds: float) -> Rates:
    return Rates(len(times) / seconds, percentile(times, 50), percentile(times, 99), len(times))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"the server did not open port {port}")
