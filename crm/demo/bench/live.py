"""Live updates: 4,000 browsers on one process hear that a case came; the floor is an application that only passes on.

Beside it: how many cases a second come in while nobody listens, and while all listen and wallboards are drawn.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from crm.cases.actions import open_case
from crm.customers.models import Customer
from crm.demo.bench import calls, fill, load, table
from crm.demo.bench.create import opening
from crm.demo.bench.load import Request
from crm.staff.models import Role, Team, User

BROWSERS, SAMPLES, BETWEEN = 4_000, 10, 1.5
SETTLED = 3.0  # seconds for the last line to arrive
WALLBOARDS, EVERY = 20, 4.0
ASIDE = ("nice", "-n", "19")
QUIET = ("--log-level=error", "--lifespan=off", "--timeout-graceful-shutdown=1")


def run(options: Namespace) -> dict[str, Any]:
    fill.cases(20_000)
    number = options.n or BROWSERS
    with streaming("crm.asgi:application") as (port, process):
        ours, kb_each = hear(port, process, "/live/", number, lambda _topic: a_case_comes())
    with streaming("crm.demo.bench.bare_stream:application") as (port, process):
        bare, bare_kb = hear(port, process, "/stream", number, lambda topic: tell(port, topic))
    alone, watched = intake(options, number)
    table.show(
        f"{number:,} browsers on one process",
        ["", "p50 ms", "p99 ms", "KB each"],
        [
            ("live updates", table.percentile(ours, 50), table.percentile(ours, 99), kb_each),
            ("an application that only passes on", table.percentile(bare, 50), table.percentile(bare, 99), bare_kb),
        ],
    )
    table.show(
        "Cases opened through the API",
        ["", "per second", "p99 ms"],
        [
            ("nobody listens", alone.rps, alone.p99_ms),
            (f"{number:,} listen, {WALLBOARDS} wallboards", watched.rps, watched.p99_ms),
        ],
    )
    p99 = table.percentile(ours, 99)
    return {
        "clients": number, "p99_ms": p99, "kb_each": kb_each, "ratio": p99 / table.percentile(bare, 99),
        "intake_ratio": watched.rps / alone.rps,
    }  # fmt: skip


def hear(
    port: int, process: psutil.Process, path: str, number: int, act: Callable[[str], str]
) -> tuple[list[float], float]:
    """(milliseconds from each commit to each browser, kilobytes that one costs the server)."""
    empty = process.memory_info().rss
    with crowd(port, number, path) as report:
        kb_each = (process.memory_info().rss - empty) / 1024 / number
        time.sleep(SETTLED)
        report()
        told: dict[str, float] = {}
        for sample in range(SAMPLES):
            topic = act(f"case:{sample}")
            told[topic] = time.monotonic()
            time.sleep(BETWEEN)
        time.sleep(SETTLED)
        heard = report()
    missing = [topic for topic in told if len(heard.get(topic, ())) != number]
    if missing:
        raise load.WrongAnswer(f"not everybody heard of {', '.join(missing)}")
    return [1000 * (at - told[topic]) for topic in told for at in heard[topic]], kb_each


def a_case_comes() -> str:
    """Committed when this returns; its topic."""
    customer = Customer.objects.order_by("pk").first()
    assert customer is not None
    team = Team.objects.get(code="bench-0")
    return f"case:{open_case(customer=customer, channel='call', text='Sinyal hilang.', team=team).number}"


def tell(port: int, topic: str) -> str:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request("GET", f"/tell/{topic}")
    link.getresponse().read()
    link.close()
    return topic


def intake(options: Namespace, number: int) -> tuple[load.Rates, load.Rates]:
    headers = calls.api_headers() | {"Content-Type": "application/json"}
    with load.server() as port:
        alone = calls.rates(port, _fresh_openings(headers), options)
        with (
            streaming("crm.asgi:application") as (live, _process),
            crowd(live, number, "/live/", aside=True),
            wallboards(port),
        ):
            watched = calls.rates(port, _fresh_openings(headers), options)
    return alone, watched


def _fresh_openings(headers: dict[str, str]) -> Callable[[int], Request]:
    return lambda i: opening(i, headers)


@contextmanager
def wallboards(port: int) -> Iterator[None]:
    """Screens that fetch their board again as often as news lets them."""
    supervisor, _new = User.objects.get_or_create(
        username="bench-lead", defaults={"email": "bench-lead@bench.example", "name": "Lead", "role": Role.SUPERVISOR}
    )
    supervisor.teams.set(Team.objects.filter(code__startswith="bench-"))
    headers, over = calls.cookie_of(supervisor), threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            link.request("GET", "/wallboard/board/", headers=headers)
            if link.getresponse().status != 200:
                raise load.WrongAnswer("the wallboard was not drawn")
            link.close()

    screens = [threading.Thread(target=watch) for _ in range(WALLBOARDS)]
    for one in screens:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in screens:
            one.join()


@contextmanager
def streaming(application: str) -> Iterator[tuple[int, psutil.Process]]:
    port = load.free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--host=127.0.0.1", f"--port={port}", *QUIET]
    started = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        load.wait_for(port)
        yield port, psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait()


@contextmanager
def crowd(port: int, number: int, path: str, *, aside: bool = False) -> Iterator[Callable[[], dict[str, list[float]]]]:
    """All of them listening; yields what says who has heard what since the last time.

    `aside`: they take only the time that the servers leave, for in life they are on other machines.
    """
    words = [*(ASIDE if aside else ()), sys.executable, "-m", "crm.demo.bench.crowd", str(port), str(number), path]
    started = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdin is not None
    assert started.stdout is not None
    talk, listen = started.stdin, started.stdout
    print(calls.agent_headers()["Cookie"], file=talk, flush=True)
    if listen.readline().strip() != "ready":
        raise load.WrongAnswer("the crowd was not let in")

    def report() -> dict[str, list[float]]:
        talk.write("report\n")
        talk.flush()
        return json.loads(listen.readline())

    try:
        yield report
    finally:
        talk.close()
        started.kill()
        started.wait()
        listen.close()
