"""The X simulator as a process of its own, for any test that needs a network to talk to."""

import base64
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from crm.demo.simulators.x.credentials import Credentials, credentials

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@dataclass(frozen=True)
class XSimulator:
    """Where it is served, the secrets of our account on it, and what a test may do to it."""

    url: str
    home: Path
    process: subprocess.Popen[str]

    @property
    def secrets(self) -> Credentials:
        return credentials(self.home)

    def tell(self, order: str, **given: Any) -> dict[str, Any]:
        """An order of the control API (crm/demo/simulators/x/__init__.py lists them)."""
        return self._read(requests.post(f"{self.url}/control/{order}", json=given, timeout=15))

    def ask(self, order: str, **given: Any) -> dict[str, Any]:
        return self._read(requests.get(f"{self.url}/control/{order}", params=given, timeout=15))

    @staticmethod
    def _read(response: requests.Response) -> dict[str, Any]:
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def post(self, handle: str, text: str, *, pictures: tuple[bytes, ...] = (), **more: Any) -> dict[str, Any]:
        """A customer posts; reply_to and quotes are ids. Returns the post as v2 has it."""
        media = [base64.b64encode(one).decode() for one in pictures]
        return self.tell("posts", **{"as": handle}, text=text, media=media, **more)

    def message(self, handle: str, text: str, *, pictures: tuple[bytes, ...] = (), **more: Any) -> dict[str, Any]:
        """A customer writes to our account in private."""
        media = [base64.b64encode(one).decode() for one in pictures]
        return self.tell("messages", **{"as": handle}, text=text, media=media, **more)

    def our_posts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("posts")["posts"]
        return found

    def messages_with(self, handle: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("messages", **{"with": handle})["messages"]
        return found

    def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """The last calls of the API of this method whose path starts so: to count what was sent."""
        every: list[dict[str, Any]] = self.ask("state")["calls"]
        return [call for call in every if call["method"] == method and call["path"].startswith(path)]

    def await_delivered(self, most: float = 10.0) -> list[dict[str, Any]]:
        """Wait until no event is on its way. Returns all deliveries so far."""
        deadline = time.monotonic() + most
        while time.monotonic() < deadline:
            deliveries: list[dict[str, Any]] = self.ask("state")["deliveries"]
            if all(one["state"] != "waiting" for one in deliveries):
                return deliveries
            time.sleep(0.05)
        raise AssertionError("events are still on their way")


@contextmanager
def x_simulator(home: Path, *words: str) -> Iterator[XSimulator]:
    """A simulator on a free port with its state in `home`, ended with the context."""
    command = (sys.executable, "-m", "crm.demo.simulators.x", "--home", str(home), *words)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield XSimulator(_url(process.stdout.readline()), home, process)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _url(line: str) -> str:
    assert "http://" in line, f"the simulator did not start: {line!r}"
    return line.rsplit(maxsplit=1)[-1]
