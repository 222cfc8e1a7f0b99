"""Processes as docker-compose.yml starts them, with the settings of production, on the test's database."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.conf import settings

from tests.processes import environment, free_port

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = "sapa.example"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# gunicorn is named by the image, not by docker-compose.yml.
(IMAGE_COMMAND,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text().replace("\\\n", " "), re.MULTILINE)
PORTS = {"web": 8000, "live": 8001}


class House:
    """A folder with a secret and collected static files, and where each process of it listens."""

    def __init__(self, folder: Path, static: Path) -> None:
        self.folder, self.static = folder, static
        self.ports = {name: free_port() for name in PORTS}
        (folder / "secret_key").write_text(settings.SECRET_KEY)  # sessions that a test opens are good here

    def environment(self, name: str) -> dict[str, str]:
        """As compose gives it, without the secrets that no test needs."""
        given = {
            "SAPA_ENV": "production", "SECRET_KEY_FILE": str(self.folder / "secret_key"), "SAPA_HOME": str(self.folder),
            "ALLOWED_HOSTS": f"{DOMAIN},web", "SITE_URL": f"https://{DOMAIN}", "STATIC_ROOT": str(self.static),
            "CSRF_TRUSTED_ORIGINS": f"https://{DOMAIN}", "TRUSTED_PROXIES": "1", "LOG_FORMAT": "json",
            "SAPA_ALIVE_FILE": str(self.folder / f"{name}-alive"),
        }  # fmt: skip
        port = {"PORT": str(self.ports[name])} if name in PORTS else {}
        found = environment(**given, **port, REDIS_URL=own_broker())
        return {key: value for key, value in found.items() if key not in {"SECRET_KEY", "CELERY_BROKER_URL"}}

    def command(self, name: str) -> list[str]:
        words = SERVICES[name].get("command") or yaml.safe_load(IMAGE_COMMAND)
        words = [self._here(word, name) for word in words]
        return [sys.executable, *words[1:]] if words[0] == "python" else [sys.executable, "-m", *words]

    def _here(self, word: str, name: str) -> str:
        if name in PORTS:
            word = word.replace("0.0.0.0", "127.0.0.1").replace(str(PORTS[name]), str(self.ports[name]))
        return word.replace("=/tmp/", f"={self.folder}/")

    @contextmanager
    def runs(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """Started, found well by its own health check, and stopped as Docker stops it."""
        with (self.folder / f"{name}.log").open("w") as log:
            started = subprocess.Popen(
                self.command(name), cwd=ROOT, env=self.environment(name), stdout=log, stderr=subprocess.STDOUT
            )
            try:
                self.await_well(name, started)
                yield started
            finally:
                started.terminate()
                started.wait(30)

    def await_well(self, name: str, started: subprocess.Popen[bytes], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_well(name):
            assert started.poll() is None, self.said(name)
            assert time.monotonic() < deadline, self.said(name)
            time.sleep(0.2)

    def is_well(self, name: str) -> bool:
        words = [sys.executable, *SERVICES[name]["healthcheck"]["test"][2:]]
        return not subprocess.run(
            words, cwd=ROOT, env=self.environment(name), check=False, capture_output=True
        ).returncode

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


def own_broker() -> str:
    """Beside that of the tests (conftest.py): what beat knocks here wakes nobody else's worker."""
    theirs = urlsplit(os.environ["CELERY_BROKER_URL"])
    return theirs._replace(path=f"/{6 + 2 * int(theirs.path.strip('/'))}").geturl()


def collect_static(to: Path) -> Path:
    """Ours alone: to compress those of Swagger and of the admin takes a minute."""
    given = {"SAPA_ENV": "production", "SECRET_KEY": "collecting", "DATABASE_URL": "postgresql:///none"}
    given |= {"REDIS_URL": "redis://none/0", "STATIC_ROOT": str(to)}
    words = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    words += [f"--ignore={name}" for name in ("admin", "unfold", "rest_framework", "drf_spectacular_sidecar")]
    subprocess.run(words, cwd=ROOT, env={**os.environ, **given}, check=True)
    return to
