"""Replays in processes of their own, killed for good in their middle and begun twice at once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from crm.cases.models import Case
from social.models import Account, Post, PostImport
from social.replay import replay
from tests.social.conftest import Import
from tests.social.rows import expected, some_archive, write
from tests.social.test_replay import report

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


def database_url() -> str:
    """Where this test's own database is."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[subprocess.Popen]]:
    started: list[subprocess.Popen] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def start(path: Path) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "import_posts", str(path), "--network=x", "--account=Sapa", "--replay"]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url()}, stdout=subprocess.DEVNULL
    )


def wait_until_some_are_taken(process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while not Post.objects.taken().exists():
        assert process.poll() is None, "it ended before anything was taken"
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_replay_killed_in_its_middle_and_begun_twice_ends_as_if_nothing_had_happened(
    tmp_path: Path, import_rows: Import, processes: list[subprocess.Popen]
) -> None:
    rows = some_archive(random.Random(11), "Sapa", size=400)
    path = write(tmp_path / "rows.csv", rows)
    processes.append(start(path))
    wait_until_some_are_taken(processes[0])
    processes[0].send_signal(signal.SIGKILL)
    processes[0].wait()
    assert Post.objects.untaken().exists()
    processes.append(start(path))
    import_rows(path, replay=True)
    assert processes[1].wait(timeout=PATIENCE) == 0
    assert_whole(rows)


def assert_whole(rows: list[dict[str, str]]) -> None:
    found, wanted = report("Sapa"), expected(rows, "Sapa")
    assert (found["answered"], found["addressed"]) == (wanted["answered"], wanted["addressed"] | {
        "p90_minutes": wanted["addressed"]["p90_minutes"]
    })  # fmt: skip
    assert Post.objects.count() == len({row["tweet_id"] for row in rows})
    assert not Case.objects.filter(closed_at=None).exists()
    assert set(PostImport.objects.values_list("state", flat=True)) == {"done"}
    assert replay(Account.objects.get()) == 0
