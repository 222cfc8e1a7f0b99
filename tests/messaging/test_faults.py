"""Real worker processes, a real mail server that counts, a database and a broker of the test's own; then the axe.

Nothing may be lost, and nothing may reach a customer twice unless the message says that it is uncertain.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic

import psycopg2
import pytest
import redis

from tests.home import Home, a_home
from tests.messaging.mailserver import MailServer, Post, recipients
from tests.template import Template

LONELY = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=warning")
WORKER = ("-m", "celery", "--app=crm", "worker", "--queues=outbox", "--pool=solo", *LONELY)
BEAT = ("-m", "celery", "--app=crm", "beat", "--pidfile=", "--loglevel=warning")
PROMISE = """
from django.utils import timezone
from crm.customers.actions import find_or_create_customer
from crm.messaging.actions import queue_message
for number in range({count}):
    address = f"{name}{{number}}@example.com"
    queue_message(interaction=None, customer=find_or_create_customer(email=address), channel="email",
                  recipient=address, body="Halo", by=None, send_at=timezone.now(), key=address)
"""
SEND = "from crm.messaging.outbox import send_due; send_due(batches=9)"


@pytest.fixture(scope="module")
def home(template: Template) -> Iterator[Home]:
    with a_home() as home:
        home.environment.pop("PGOPTIONS", None)  # here commits must survive
        home.fill(template)
        yield home


@pytest.fixture
def mailserver(home: Home) -> Iterator[MailServer]:
    server = MailServer()
    with Post(server) as post:
        home.environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(post.port)}
        yield server


@contextmanager
def running(home: Home, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = home.start(*command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def promise(home: Home, name: str, count: int) -> list[str]:
    home.manage("shell", "-v0", "-c", PROMISE.format(name=name, count=count))
    return [f"{name}{number}@example.com" for number in range(count)]


def states(home: Home, name: str) -> list[str]:
    query = f"SELECT state FROM messaging_message WHERE key LIKE '{name}%' ORDER BY id"
    return [state for (state,) in sql(home, query)]


def sql(home: Home, query: str) -> list[tuple[str]]:
    connection = psycopg2.connect(urls(home)["DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@cache
def urls(home: Home) -> dict[str, str]:
    """The same after a restart."""
    return home.run("start")


def make_claims_stale(home: Home) -> None:
    """As if the minutes after which a sender counts as dead had gone by."""
    for column in ("claimed_at", "begun_at"):
        sql(home, f"UPDATE messaging_message SET {column} = {column} - interval '1 hour' WHERE state = 'sending'")


def until(question: Callable[[], bool], seconds: float = 60) -> None:
    deadline = monotonic() + seconds
    while not question():
        assert monotonic() < deadline, "it never came true"


def test_a_worker_killed_in_the_middle_of_a_send_doubles_nothing_and_loses_nothing(
    home: Home, mailserver: MailServer
) -> None:
    mailserver.go_on.clear()
    with running(home, *WORKER) as worker:
        everybody = promise(home, "killed", 5)
        assert mailserver.arrived.wait(60)
        worker.kill()
        worker.wait()
    mailserver.go_on.set()
    make_claims_stale(home)
    home.manage("shell", "-v0", "-c", SEND)
    assert recipients(mailserver) == everybody
    assert states(home, "killed") == ["uncertain", "sent", "sent", "sent", "sent"]


def test_a_database_killed_in_the_middle_of_a_send_still_learns_that_it_was_sent(
    home: Home, mailserver: MailServer
) -> None:
    mailserver.go_on.clear()
    with running(home, *WORKER):
        everybody = promise(home, "restart", 3)
        assert mailserver.arrived.wait(60)
        postmaster = home.postmaster
        assert postmaster
        postmaster.kill()
        postmaster.wait(20)
        mailserver.go_on.set()
        home.run("start")
        until(lambda: states(home, "restart") == ["sent"] * 3)
    assert recipients(mailserver) == everybody


def test_a_flushed_broker_loses_no_message(home: Home, mailserver: MailServer) -> None:
    everybody = promise(home, "flushed", 3)
    broker = redis.from_url(urls(home)["REDIS_URL"])
    assert broker.llen("outbox") or broker.hlen("unacked")
    broker.flushall()
    broker.close()
    with running(home, *WORKER), running(home, *BEAT, f"--schedule={home.path / 'beat'}"):
        until(lambda: states(home, "flushed") == ["sent"] * 3)
    assert recipients(mailserver) == everybody
