"""Containers' health checks: who is well, who is not, over real sockets and files."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from celery.signals import after_task_publish, heartbeat_sent

from crm.cases.timer import Timer
from crm.celery import app

ROOT = Path(__file__).resolve().parents[2]


def is_well(what: str, **environment: str) -> bool:
    """As the container asks: a program apart, that loads nothing of ours."""
    words = [sys.executable, "-I", "crm/lib/observe/health.py", what]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **environment}, check=False, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    return done.returncode == 0


@pytest.fixture
def alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAPA_ALIVE_FILE", str(tmp_path / "alive"))
    return tmp_path / "alive"


class Server(BaseHTTPRequestHandler):
    """Answers a path and host that it knows, as our processes would."""

    known = {("/healthz", "sapa.example"): 200, ("/live/", "localhost"): 401}

    def do_GET(self) -> None:
        self.send_response(self.known.get((self.path, self.headers["Host"]), 400))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def port() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield str(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


def test_web_is_asked_by_the_name_it_serves(port: str) -> None:
    assert is_well("web", PORT=port, ALLOWED_HOSTS="sapa.example,web")
    assert not is_well("web", PORT=port, ALLOWED_HOSTS="another.example")


def test_live_is_well_when_it_turns_a_stranger_away(port: str) -> None:
    assert is_well("live", PORT=port)


@pytest.mark.parametrize("what", ["web", "live"])
def test_who_does_not_answer_is_not_well(what: str) -> None:
    assert not is_well(what, PORT="1")


def test_a_loop_is_well_while_its_file_is_fresh(alive: Path) -> None:
    assert not is_well("loop")
    alive.touch()
    assert is_well("loop")
    long_ago = time.time() - 90
    os.utime(alive, (long_ago, long_ago))
    assert not is_well("loop")


@pytest.mark.parametrize("signal", [heartbeat_sent, after_task_publish], ids=["a worker's heart", "beat's knock"])
def test_a_worker_and_beat_show_that_they_live(alive: Path, signal: object) -> None:
    assert app
    signal.send(sender=None)  # type: ignore[attr-defined]
    assert alive.exists()


@pytest.mark.django_db
def test_the_timer_shows_that_it_lives_and_a_failing_one_does_not(alive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Timer().round()
    assert alive.exists()
    alive.unlink()

    def away() -> None:
        raise OSError("the database is away")

    monkeypatch.setattr("crm.cases.timer.sweep", away)
    monkeypatch.setattr("crm.cases.timer.connection", type("Nobody", (), {"close": staticmethod(lambda: None)}))
    Timer().round()
    assert not alive.exists()


def test_containers_that_share_a_folder_do_not_share_a_file(tmp_path: Path) -> None:
    """Each has a process 1: its counts lie under the name of its host."""
    count = "import socket; socket.gethostname = lambda: '{}'; from crm.lib.observe.metrics import REQUESTS as r"
    count += "; import os; os.getpid = lambda: 1; r.labels('home', 'GET', '200').inc()"
    folder = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for host in ("web", "worker"):
        subprocess.run([sys.executable, "-c", count.format(host)], cwd=ROOT, env=folder, check=True)
    assert {path.name for path in tmp_path.glob("counter_*")} >= {"counter_web-1.db", "counter_worker-1.db"}
    add_up = "from crm.lib.observe.metrics import counted; from prometheus_client import generate_latest"
    add_up += "; print(generate_latest(counted()).decode())"
    said = subprocess.run(
        [sys.executable, "-c", add_up], cwd=ROOT, env=folder, check=True, capture_output=True, text=True
    )
    assert 'sapa_requests_total{method="GET",status="200",view="home"} 2.0' in said.stdout
