"""An operator's end of the wire: a small web server that signs tokens and keeps what it is sent."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class Webhook:
    """`answers`: statuses to give before it says 200 again; `slow`: seconds each answer takes."""

    secret: str
    url: str = ""
    slow: float = 0
    answers: list[int] = field(default_factory=list)
    got: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """All that came, whoever signed it."""
        return [json.loads(body)["data"] for body, _signature in self.got]

    @property
    def genuine(self) -> list[dict[str, Any]]:
        """What is signed as it should be, by the raw bytes."""
        return [json.loads(body)["data"] for body, signature in self.got if signature == sign(self.secret, body)]

    def kinds(self) -> list[str]:
        return [event["event_type"] for event in self.events]

    def await_events(self, number: int, most: float = 10.0) -> list[dict[str, Any]]:
        deadline = time.monotonic() + most
        while len(self.got) < number and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.got) >= number, f"{len(self.got)} of {number} events came"
        return self.events


@contextmanager
def webhook(secret: str, port: int = 0) -> Iterator[Webhook]:
    """Served for as long as the context lasts; port 0 takes a free one."""
    ours = Webhook(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query)["crc_token"][0]
            self._say(200, json.dumps({"response_token": sign(ours.secret, token.encode())}).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            ours.got.append((body, self.headers.get("x-twitter-webhooks-signature", "")))
            time.sleep(ours.slow)
            self._say(ours.answers.pop(0) if ours.answers else 200, b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        ours.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        yield ours
        server.shutdown()
