"""Real clock workers on servers of their own, shot at while breaches fall due: nothing lost, nothing twice."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import redis

from tests.home import Home, a_home
from tests.template import Template

NUMBER, A_SECOND, FIRST_IN = 60, 8, 2
PATIENCE = 60.0

OPEN = f"""
import datetime as dt
from django.utils import timezone
from crm.cases.actions import open_case
from crm.cases.defaults import ensure_policy
from crm.customers.models import Customer
ensure_policy()
begin = timezone.now() - dt.timedelta(minutes=15) + dt.timedelta(seconds={FIRST_IN})
for i in range({NUMBER}):
    at = begin + dt.timedelta(seconds=i / {A_SECOND})
    open_case(customer=Customer.objects.create(name="Rina"), channel="call", text="Sinyal hilang.", at=at)
"""

COUNTS = """
SELECT json_build_object(
    'verdicts', (SELECT count(*) FROM cases_slaclock WHERE kind = 'response' AND verdict = 'missed'),
    'breaches', (SELECT count(*) FROM cases_breach WHERE withdrawn_at IS NULL),
    'escalations', (SELECT count(*) FROM cases_escalation),
    'warned', (SELECT count(*) FROM events_event WHERE kind = 'clock.warned'),
    'breached', (SELECT count(*) FROM events_event WHERE kind = 'clock.breached'),
    'escalated', (SELECT count(*) FROM events_event WHERE kind = 'case.escalated'))
"""


@pytest.fixture(scope="module")
def home(template: Template) -> Iterator[Home]:
    with a_home() as home:
        home.fill(template)
        yield home


@contextmanager
def a_clock_worker(home: Home, name: str) -> Iterator[subprocess.Popen[bytes]]:
    worker = home.start(
        "-m", "celery", "-A", "crm", "worker", "-Q", "clock", "-P", "solo", "-l", "CRITICAL", "-n", name
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait(10)


def counts(home: Home) -> dict[str, int]:
    connection = psycopg2.connect(home.run("start")["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(COUNTS)
            found: dict[str, int] = cursor.fetchone()[0]
            return found
    finally:
        connection.close()


def until(home: Home, name: str, number: int) -> dict[str, int]:
    deadline = time.monotonic() + PATIENCE
    while (found := counts(home))[name] < number:
        assert time.monotonic() < deadline, json.dumps(found)
    return found


def test_a_killed_worker_a_flushed_broker_and_a_restarted_database_lose_and_double_nothing(home: Home) -> None:
    with a_clock_worker(home, "one@test") as one, a_clock_worker(home, "two@test"):
        home.manage("shell", "-v0", "-c", OPEN)
        until(home, "breached", NUMBER // 6)
        one.kill()
        redis.Redis.from_url(home.run("start")["REDIS_URL"]).flushall()
        until(home, "breached", NUMBER // 3)
        assert home.postmaster
        home.postmaster.kill()
        found = until(home, "escalated", NUMBER)
    every = {"verdicts", "breaches", "escalations", "breached", "escalated"}
    assert found == dict.fromkeys(every, NUMBER) | {"warned": 2 * NUMBER}
