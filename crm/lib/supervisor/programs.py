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
    """Where the pages and the live updates are served, and the demo's X simulator where there is a demo."""

    host: str
    port: int
    live_port: int
    x_port: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    @property
    def x_url(self) -> str:
        return f"http://127.0.0.1:{self.x_port}/" if self.x_port else ""

    @property
    def environment(self) -> dict[str, str]:
        """What the settings and the demo need to know of it."""
        live = f"http://{self.host}:{self.live_port}/live/"
        ours = {"PORT": str(self.port), "SITE_URL": self.url.rstrip("/"), "SAPA_LIVE_URL": live}
        return ours | {"SAPA_X_SIMULATOR_URL": self.x_url.rstrip("/")}


def choose_address() -> Address:
    """PORT must be free when it is set; else the first free port from 8000 on. Raises OSError for a taken PORT."""
    host, wanted = env.text("SAPA_HOST", "127.0.0.1"), env.number("PORT", 0)
    if wanted and not _is_free(host, wanted):
        raise OSError(f"PORT {wanted} is taken.")
    port = wanted or _first_free(host, 8000)
    live_port = _first_free(host, port + 1)
    return Address(host, port, live_port, _first_free("127.0.0.1", live_port + 1) if has_demo() else 0)


def has_demo() -> bool:
    """The same words as for seeding one (crm/lib/management/commands/prepare.py)."""
    return env.text("SAPA_ENV", "local") != "production" and env.flag("SAPA_DEMO", True)


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
    """The processes. No import or campaign may stand in the way of an answer, nothing at all in that of a deadline."""
    simulators = [Program("x", _x_simulator(address))] if address.x_port else []
    return [
        *simulators,
        Program("web", _web(address)),
        Program("live", _live(address)),
        Program("clock", _worker("clock", "clock", "--pool=solo")),
        Program("worker", _worker("worker", "inbox,default,outbox", "--pool=threads", "--concurrency=6")),
        Program("mass", _worker("mass", "mass", "--pool=threads", "--concurrency=4")),
        Program("bulk", _worker("bulk", "bulk", "--pool=threads", "--concurrency=2")),
        Program("batch", _worker("batch", "batch", "--pool=threads", "--concurrency=1")),
        Program("mail", (sys.executable, "manage.py", "receive_mail")),
        Program("beat", _celery("beat", "--schedule", str(home / "beat"), "--pidfile=")),
    ]


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)


def _web(address: Address) -> tuple[str, ...]:
    threads = ("--worker-class=gthread", "--workers=2", "--threads=8", "--graceful-timeout=10")
    # A long SMS arrives in the request line, each character as six.
    limits = ("--limit-request-line=8190", f"--bind={address.host}:{address.port}")
    return _python("gunicorn", "crm.wsgi:application", *limits, *threads, "--log-level=warning")


def _live(address: Address) -> tuple[str, ...]:
    quiet = ("--log-level=warning", "--lifespan=off", "--timeout-graceful-shutdown=1")
    return _python("uvicorn", "crm.asgi:application", f"--host={address.host}", f"--port={address.live_port}", *quiet)


def _x_simulator(address: Address) -> tuple[str, ...]:
    """Named, not imported: it belongs to the demo, above. For this machine alone, wherever the pages are served."""
    return _python("crm.demo.simulators.x", f"--port={address.x_port}")


def _celery(*words: str) -> tuple[str, ...]:
    """Celery warns root of pickled messages; ours are JSON."""
    quietly = ("-W", "ignore:You're running the worker")
    return (sys.executable, *quietly, "-m", "celery", "--app=crm", "--quiet", *words)


def _worker(name: str, queues: str, *words: str) -> tuple[str, ...]:
    lonely = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return _celery("worker", f"--hostname={name}@%h", f"--queues={queues}", *words, *lonely, "--loglevel=info")
