"""A SAPA_HOME of a test's own, with real servers that may be killed without mercy."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from crm.lib.embedded import postgres, valkey
from tests.template import Template

ROOT = Path(__file__).resolve().parents[1]


class Home:
    """A SAPA_HOME and what the commands of another process see of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {**os.environ, "SAPA_HOME": str(path)}
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SAPA_ENV"):
            self.environment.pop(name, None)

    def run(self, word: str) -> dict[str, str]:
        command = [sys.executable, "-m", "crm.lib.embedded", word]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return dict(line.split("=", 1) for line in done.stdout.splitlines())

    def manage(self, *arguments: str, **extra: str) -> str:
        """A `manage.py` command on these servers; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=self.environment | extra, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fill(self, template: Template) -> None:
        """The migrated tables; the servers are started."""
        template.fill(self.run("start")["DATABASE_URL"])

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A process of ours that goes on in the background."""
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self.environment)

    @property
    def servers(self) -> Path:
        return (self.path / "servers").resolve()

    @property
    def postmaster(self) -> psutil.Process | None:
        return postgres._server(self.servers / "postgres" / "data")

    @property
    def broker(self) -> psutil.Process | None:
        return valkey._server(self.servers / "valkey")


@contextmanager
def a_home() -> Iterator[Home]:
    """Servers of one's own, stopped and thrown away with the block.

    Not tmp_path: an account that root lends to PostgreSQL cannot pass through it.
    """
    path = Path(tempfile.mkdtemp(prefix="sapa-test-"))
    path.chmod(0o711)
    home = Home(path)
    try:
        yield home
    finally:
        home.run("stop")
        shutil.rmtree(path)
