"""The product's own processes beside the test: the live one and the clock worker, on the test's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """What a process needs to work on the test's database and not on the developer's."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {**os.environ, "DATABASE_URL": url.geturl(), "REDIS_URL": settings.REDIS_URL, **more}


@contextmanager
def process(*words: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen([sys.executable, *words], env=environment(**more))
    try:
        yield started
    finally:
        started.terminate()
        started.wait(20)


@contextmanager
def live_process(port: int, site: str) -> Iterator[None]:
    words = ("-m", "uvicorn", "crm.asgi:application", "--host=127.0.0.1", f"--port={port}", "--log-level=warning")
    with process(*words, "--lifespan=off", "--timeout-graceful-shutdown=1", SITE_URL=site) as started:
        wait_for_port(port, started)
        yield


@contextmanager
def clock_worker() -> Iterator[None]:
    """The timers as they run in production; the broker is the test machine's."""
    words = ("-m", "celery", "--app=crm", "--quiet", "worker", "--queues=clock", "--pool=solo", "--loglevel=error")
    with process("-W", "ignore", *words, "--hostname=test-clock@%h", "--without-gossip", "--without-mingle"):
        yield


def wait_for_port(port: int, started: subprocess.Popen[bytes], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert started.poll() is None, "it ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")
