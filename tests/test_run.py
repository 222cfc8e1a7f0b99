"""`make run`, the real thing in a home of its own: everything comes up, is watched, and goes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm.lib.embedded.process import wait_gone
from crm.lib.supervisor.programs import choose_address
from tests.lib.test_supervisor import until

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[psutil.Process, str, Path]]:
    home = Path(tempfile.mkdtemp(prefix="sapa-test-"))
    home.chmod(0o711)
    monkeypatch.delenv("PORT", raising=False)
    url = choose_address().url
    ours = {"SAPA_HOME": str(home), "SAPA_DEMO": "0", "PORT": url.rstrip("/").rsplit(":", 1)[1]}
    environment = {**os.environ, **ours}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "crm.lib.supervisor"]
    with (home / "output").open("w") as output:
        process = subprocess.Popen([*command, "run"], cwd=ROOT, env=environment, stdout=output, stderr=output)
    yield psutil.Process(process.pid), url, home
    subprocess.run([*command, "stop"], cwd=ROOT, env=environment, check=True)
    process.wait(30)
    shutil.rmtree(home)


def test_the_product_comes_up_whole_and_leaves_nothing_behind(running: tuple[psutil.Process, str, Path]) -> None:
    supervisor, url, home = running
    until(lambda: "Ctrl-C stops it." in (home / "output").read_text(), seconds=120)

    with urllib.request.urlopen(f"{url}readyz") as answer:
        assert answer.status == 200
    family = supervisor.children(recursive=True)
    said = (home / "output").read_text()
    assert "ended with code" not in said
    assert all(f"{name}@" in said for name in ("clock", "worker", "mass", "bulk", "batch"))

    supervisor.send_signal(signal.SIGINT)

    assert wait_gone(supervisor, 60)
    assert all(wait_gone(process, 5) for process in family)
    named = [
        process for process in psutil.process_iter(["cmdline"]) if str(home) in " ".join(process.info["cmdline"] or [])
    ]
    assert named == []
