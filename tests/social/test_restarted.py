"""The database is killed, and the broker flushed, in the middle of a replay: run again, nothing is lost or doubled."""

import json
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.home import Home, a_home
from tests.social.rows import expected, some_archive, write
from tests.template import Template

PATIENCE = 60.0


@pytest.fixture
def home(template: Template) -> Iterator[Home]:
    with a_home() as home:
        home.fill(template)
        yield home


def replayed(path: Path) -> tuple[str, ...]:
    return ("import_posts", str(path), "--network=x", "--account=Sapa", "--replay")


def wait_for_cases(url: str, number: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        while cursor.fetchone()[0] < number:
            assert process.poll() is None, "it ended before anything was taken"
            assert time.monotonic() < deadline
            cursor.execute("SELECT count(*) FROM cases_case")
    connection.close()


def test_a_replay_whose_database_is_killed_ends_whole_when_it_is_run_again(home: Home, tmp_path: Path) -> None:
    rows = some_archive(random.Random(7), "Sapa", size=400)
    path = write(tmp_path / "rows.csv", rows)
    servers = home.run("start")
    first = home.start("manage.py", *replayed(path))
    wait_for_cases(servers["DATABASE_URL"], 3, first)
    redis.Redis.from_url(servers["REDIS_URL"]).flushall()
    assert home.postmaster
    home.postmaster.kill()
    assert first.wait(timeout=PATIENCE) != 0, "it must say that it failed"
    home.manage(*replayed(path))
    found = json.loads(home.manage("sla_report", "--account", "Sapa", "--json"))
    wanted = expected(rows, "Sapa")
    assert (found["answered"], found["addressed"]) == (wanted["answered"], wanted["addressed"])
    differing = "from crm.cases.verify import verify; print(verify().differing)"
    assert home.manage("shell", "-v0", "-c", differing).strip() == "0"
