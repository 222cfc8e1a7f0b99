"""Kannel (bearerbox and smsbox, Debian's) on free ports with the configuration of docs/deploy, and the SMS centre with
its phones that it speaks SMPP to (smsc.mjs)."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template
from typing import Any

from crm.messaging.models import Connection
from tests.processes import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "docs/deploy/kannel.conf"
USER, PASSWORD, STATUS_PASSWORD = "sapa", "kata sandi & rahasia", "lihat"
# The same configuration in a hurry: a test does not wait ten seconds for what is tried again.
HURRY = {"http-queue-delay": 1, "reconnect-delay": 1, "sms-resend-freq": 1}
THROTTLED, INVALID_DESTINATION = 0x58, 0x0B


def until(question: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true answer."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)
    return answer


class Centre:
    """The SMS centre: what its phones got, and what it is told to do."""

    def __init__(self, node: str) -> None:
        self.port = free_port()
        self.events: list[dict[str, Any]] = []
        command = [node, str(ROOT / "tests/channels/smsc.mjs"), str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.wait_for("listening")

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    def order(self, do: str, **details: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do} | details) + "\n")
        self._process.stdin.flush()

    def happened(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == event]

    def wait_for(self, event: str, number: int = 1) -> dict[str, Any]:
        """The newest of so many."""
        until(lambda: len(self.happened(event)) >= number)
        return self.happened(event)[-1]

    @property
    def parts(self) -> list[dict[str, Any]]:
        return self.happened("submitted")

    def texts(self, phone: str) -> list[str]:
        """What stands on a phone: parts joined, in the order in which they came whole."""
        joined: dict[Any, list[dict[str, Any]]] = {}
        for part in self.parts:
            if part["to"] == phone.lstrip("+"):
                joined.setdefault(part["part"]["of"] if part["part"] else part["id"], []).append(part)
        whole = [got for got in joined.values() if len(got) == (got[0]["part"] or {"total": 1})["total"]]
        return [_text(sorted(got, key=lambda one: (one["part"] or {"number": 1})["number"])) for got in whole]

    def wait_for_text(self, phone: str, number: int = 1) -> str:
        until(lambda: len(self.texts(phone)) >= number)
        return self.texts(phone)[-1]

    def write(self, phone: str, text: str, to: str = "3636") -> None:
        """The customer writes."""
        self.order("deliver", **{"from": phone.lstrip("+"), "to": to, "text": text})

    def report(self, stat: str, part: int = -1) -> None:
        self.order("report", id=self.parts[part]["id"], stat=stat)

    def leave(self) -> None:
        before = len(self.happened("unbound"))
        self.order("leave")
        self.wait_for("unbound", before + 1)

    def come_back(self) -> None:
        before = len(self.happened("bound"))
        self.order("return")
        self.wait_for("bound", before + 1)

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._reader.join()
        self._process.stdout.close()


def _text(parts: list[dict[str, Any]]) -> str:
    """Kannel cuts UCS-2 in the middle of an emoji; whoever joins the parts has it whole again."""
    return "".join(part["text"] for part in parts).encode("utf-16", "surrogatepass").decode("utf-16")


class Kannel:
    """`stop` and `start` again: what it had taken it still has."""

    def __init__(self, centre: Centre, home: Path, site: str) -> None:
        self.centre, self.home, self.site = centre, home, site
        self.admin, self.box, self.sendsms = free_port(), free_port(), free_port()
        for folder in ("store", "reports"):
            (home / folder).mkdir()
        self._processes: list[subprocess.Popen[bytes]] = []

    def connect(self) -> Connection:
        """Our side of it, and its side of us."""
        connection = Connection(channel="sms", account="3636", options=self._options())
        connection.secrets = {"password": PASSWORD, "status": f"{self._status}?password={STATUS_PASSWORD}"}
        connection.save()
        (self.home / "kannel.conf").write_text(self._configuration(connection.hook))
        return connection

    @property
    def _status(self) -> str:
        return f"http://127.0.0.1:{self.admin}/status.xml"

    def _options(self) -> dict[str, str]:
        return {"url": f"http://127.0.0.1:{self.sendsms}", "user": USER, "callback": self.site}

    def _configuration(self, hook: str) -> str:
        """docs/deploy/kannel.conf itself, on ports of our own."""
        text = CONFIGURATION.read_text()
        for port, ours in ((13000, self.admin), (13001, self.box), (13013, self.sendsms)):
            text = text.replace(f"= {port}\n", f"= {ours}\n")
        for name, seconds in HURRY.items():
            text = re.sub(rf"(?m)^{name} = \d+$", f"{name} = {seconds}", text)
        return Template(text).substitute(
            KANNEL_ADMIN_PASSWORD="kelola", KANNEL_STATUS_PASSWORD=STATUS_PASSWORD, KANNEL_SPOOL=self.home,
            SMSC_HOST="127.0.0.1", SMSC_PORT=self.centre.port, SMSC_USER="sapa", SMSC_PASSWORD="kata",
            KANNEL_USER=USER, KANNEL_PASSWORD=PASSWORD, SAPA_SMS_CALLBACK=f"{self.site}/hooks/sms/{hook}",
        )  # fmt: skip

    def start(self) -> None:
        before = len(self.centre.happened("bound"))
        self._run("bearerbox", self.box)
        self.centre.wait_for("bound", before + 1)
        self._run("smsbox", self.sendsms)
        until(self._is_joined)

    def _run(self, program: str, port: int) -> None:
        log = (self.home / f"{program}.log").open("ab")
        path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        assert path
        command = [path, "-v", "1", str(self.home / "kannel.conf")]
        with log:
            started = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self._processes.append(started)
        wait_for_port(port, started)

    def _is_joined(self) -> bool:
        """bearerbox has smsbox: only then a message would not be told that it has no way to go."""
        return "Client connected" in (self.home / "bearerbox.log").read_text()

    def signal_smsbox(self, number: int) -> None:
        os.killpg(self._processes[-1].pid, number)

    def has_unread(self) -> bool:
        """Does a request lie in smsbox's socket, come in whole and not yet looked at?"""
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(
            local.endswith(f":{self.sendsms:04X}") and state == "01" and not queues.endswith(":00000000")
            for _number, local, _remote, state, queues, *_rest in lines
        )

    def stop(self) -> None:
        """As when the machine fails: nobody says good-bye."""
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        self._processes.clear()
        (self.home / "bearerbox.log").unlink(missing_ok=True)


@contextmanager
def a_centre(node: str) -> Iterator[Centre]:
    centre = Centre(node)
    try:
        yield centre
    finally:
        centre.stop()


@contextmanager
def a_kannel(centre: Centre, site: str) -> Iterator[Kannel]:
    home = Path(tempfile.mkdtemp(prefix="sapa-kannel-"))
    kannel = Kannel(centre, home, site)
    try:
        yield kannel
    finally:
        kannel.stop()
        shutil.rmtree(home)
