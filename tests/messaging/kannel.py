"""A small smsbox on loopback: notes what is asked of it, answers as told, hangs up or falls silent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from crm.messaging.models import Connection


class Smsbox:
    """`hangs_up` breaks the line after the request was read; `is_silent` never answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer, self.status_page = (202, "0: Accepted for delivery"), ""
        self.hangs_up = self.is_silent = False
        self.go_on = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        if parts.path == "/status.xml":
            return write(handler, 200, self.status_page)
        assert parts.path == "/cgi-bin/sendsms"
        self.asked.append({name: values[0] for name, values in parse_qs(parts.query).items()})
        if self.is_silent:
            self.go_on.wait(20)
        if self.hangs_up or self.is_silent:
            return handler.connection.close()
        return write(handler, *self.answer)


def write(handler: BaseHTTPRequestHandler, status: int, text: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text.encode())


@contextmanager
def smsbox() -> Iterator[Smsbox]:
    box = Smsbox()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            box.respond(self)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield box
        finally:
            box.go_on.set()
            server.shutdown()
            thread.join()


def a_connection(url: str, **options: object) -> Connection:
    connection = Connection(
        channel="sms", account="3636",
        options={"url": url, "user": "sapa", "callback": "http://sapa.example:8000"} | options,
    )  # fmt: skip
    connection.secrets = {"password": "rahasia kita"}
    connection.save()
    return connection
