"""The programme's messages: asked of the policy and written by one process, sent in bulk by one, while another sends
an answer now and then, as an agent would.

The floor is the same number of requests to the same gateway, with nothing around them. The gateway is ours and takes
everything at once: a real one is slower, and its budget (the contact policy) lower.
"""

import subprocess
import sys
import time
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from caring.defaults import ensure_programme
from caring.models import ContactPolicy
from caring.picking import Moment
from caring.sending import send_due
from crm.cases.defaults import ensure_policy
from crm.demo.bench import caring, table
from crm.demo.bench.load import free_port, wait_for
from crm.demo.bench.table import percentile
from crm.messaging import outbox
from crm.messaging.actions import queue_message
from crm.messaging.models import Connection, Message

SENDER = "import django; django.setup(); from crm.messaging.outbox import send_bulk; send_bulk(seconds=3600)"
GATEWAY = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Gateway(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(202)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"0:")
    def log_message(self, *words):
        pass
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Gateway).serve_forever()
"""
NO_LIMIT, BETWEEN = 10_000_000, 0.2


def run(options: Namespace) -> dict[str, Any]:
    size, moment = options.n or 20_000, Moment.of(timezone.now())
    ensure_policy()
    ensure_programme()
    ContactPolicy.objects.update(
        quiet_from="03:00", quiet_until="03:00", sms_a_minute=NO_LIMIT, email_a_minute=NO_LIMIT, other_a_minute=NO_LIMIT
    )
    with _gateway() as url:
        _connect(url)
        caring._fill(size, moment.day)
        caring._night(moment)
        began = time.perf_counter()
        while send_due(timezone.now()):
            continue
        writing, written = time.perf_counter() - began, Message.objects.count()
        sending, answers = _sent(written)
        held = Message.objects.held_back().count()
        floor = _asked(url, written)
    figures = {
        "messages": written, "written_a_minute": round(60 * written / writing),
        "sent_a_minute": round(60 * (written - held) / sending), "held_back": held,
        "answers": len(answers), "answer_p95_s": percentile(answers, 95), "ratio": sending / floor,
    }  # fmt: skip
    table.show(f"Messages of a night of {size:,} lines", ["figure", "value"], figures.items())
    return figures


def _sent(most: int) -> tuple[float, list[float]]:
    """Seconds until all in bulk have left, and those that each answer took meanwhile."""
    answers: list[float] = []
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", SENDER]) as sender:
        while sender.poll() is None:
            time.sleep(BETWEEN)
            answers.append(_answer(len(answers)))
    sending = time.perf_counter() - began
    left = Message.objects.unsent().count()
    if left or not most:
        raise RuntimeError(f"{left} of {most} messages are left")
    return sending, answers


def _answer(number: int) -> float:
    began, first = time.perf_counter(), Message.objects.select_related("customer").order_by("pk")[0]
    message = queue_message(
        interaction=None, customer=first.customer, channel="sms", recipient="+6281100000000", body="Baik, Kak.",
        by=None, send_at=timezone.now(), key=f"answer-{number}", purpose="",
    )  # fmt: skip
    outbox.send_due(batches=1)
    taken = time.perf_counter() - began
    message.refresh_from_db()
    if message.state != Message.State.SENT:
        raise RuntimeError(f"an answer is {message.state}: {message.error}")
    return taken


def _connect(url: str) -> None:
    here = {"url": url, "user": "sapa", "callback": "http://127.0.0.1:1"}
    connection = Connection(channel="sms", account="3636", options=here)
    connection.secrets = {"password": "bench"}
    connection.save()


@contextmanager
def _gateway() -> Iterator[str]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", GATEWAY, str(port)]) as gateway:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            gateway.terminate()


def _asked(url: str, times: int) -> float:
    began = time.perf_counter()
    for _time in range(times):
        with urllib.request.urlopen(f"{url}/cgi-bin/sendsms?text=Halo") as answer:
            answer.read()
    return time.perf_counter() - began
