"""What runs, and on which ports."""

import socket
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from crm.lib import env


@dataclass(frozen=True)
class Program:
    """A process to keep alive; `name` heads its lines of output."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    """Where the pages and the live updates are served."""

    host: str
    port: int
    live_port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    @property
    def environment(self) -> dict[str, str]:
        """What the settings need to know of it."""
        live = f"http://{self.host}:{self.live_port}/live/"
        return {"PORT": str(self.port), "SITE_URL": self.url.rstrip("/"), "SAPA_LIVE_URL": live}


def choose_address() -> Address:
    """PORT must be free when it is set; else the first free port from 8000 on. Raises OSError for a taken PORT."""
    host, wanted = env.text("SAPA_HOST", "127.0.0.1"), env.number("PORT", 0)
    if wanted and not _is_free(host, wanted):
        raise OSError(f"PORT {wanted} is taken.")
    port = wanted or _first_free(host, 8000)
    return Address(host, port, _first_free(host, port + 1))


def _first_free(host: str, start: int) -> int:
    return next(port for port in count(start) if _is_free(host, port))


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def product(address: Address, home: Path) -> list[Program]:
    """The processes. No import may stand in the way of a message, and nothing at all in the way of a deadline."""
    return [
        Program("web", _web(address)),
        Program("live", _live(address)),
        Program("clock", _worker("clock", "clock", "--pool=solo")),
        Program("worker", _worker("worker", "default,outbox", "--pool=threads", "--concurrency=4")),
        Program("batch", _worker("batch", "batch", "--pool=threads", "--concurrency=1")),
        Program("beat", _celery("beat", "--schedule", str(home / "beat"), "--pidfile=")),
    ]


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)


def _web(address: Address) -> tuple[str, ...]:
    threads = ("--worker-class=gthread", "--workers=2", "--threads=8", "--graceful-timeout=10")
    bind = f"--bind={address.host}:{address.port}"
    return _python("gunicorn", "crm.wsgi:application", bind, *threads, "--log-level=warning")


def _live(address: Address) -> tuple[str, ...]:
    quiet = ("--log-level=warning", "--lifespan=off", "--timeout-graceful-shutdown=1")
    return _python("uvicorn", "crm.asgi:application", f"--host={address.host}", f"--port={address.live_port}", *quiet)


def _celery(*words: str) -> tuple[str, ...]:
    """Celery warns root of pickled messages; ours are JSON."""
    quietly = ("-W", "ignore:You're running the worker")
    return (sys.executable, *quietly, "-m", "celery", "--app=crm", "--quiet", *words)


def _worker(name: str, queues: str, *words: str) -> tuple[str, ...]:
    lonely = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return _celery("worker", f"--hostname={name}@%h", f"--queues={queues}", *words, *lonely, "--loglevel=info")
