"""The product's own processes beside the test: the live one and the clock worker, on the test's database."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

CHANCE = random.SystemRandom()
# Below those that the kernel gives to outgoing connections: nothing takes one between our choice and its use.
PORTS = range(20_000, 32_000)
_given: set[int] = set()


def free_port() -> int:
    """A port on which nothing listens, and that nobody here was given before."""
    while (port := CHANCE.choice(PORTS)) in _given or not _is_free(port):
        continue
    _given.add(port)
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


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
def live_process(port: int, site: str) -> Iterator[subprocess.Popen[bytes]]:
    words = ("-m", "uvicorn", "crm.asgi:application", "--host=127.0.0.1", f"--port={port}", "--log-level=warning")
    with process(*words, "--lifespan=off", "--timeout-graceful-shutdown=1", SITE_URL=site) as started:
        wait_for_port(port, started)
        yield started


@contextmanager
def clock_worker() -> Iterator[None]:
    """The timers as they run in production; the broker is the test machine's."""
    with celery_worker("clock", "--pool=solo"):
        yield


@contextmanager
def message_worker(**more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Takes in what comes and sends what is due, as in production."""
    with celery_worker("inbox,default,outbox", "--pool=threads", "--concurrency=2", **more) as started:
        yield started


@contextmanager
def celery_worker(queues: str, *words: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    name = f"test-{queues.partition(',')[0]}-{free_port()}@%h"
    words = ("-m", "celery", "--app=crm", "--quiet", "worker", f"--queues={queues}", f"--hostname={name}", *words)
    lonely = ("--without-gossip", "--without-mingle", "--loglevel=error")
    with process("-W", "ignore", *words, *lonely, **more) as started:
        yield started


def wait_for_port(port: int, started: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert started.poll() is None, "it ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")
