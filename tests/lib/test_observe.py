"""Logs, request ids, probes."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client, override_settings
from prometheus_client import REGISTRY

from crm.celery import app
from crm.lib.observe.logs import logging_settings
from crm.lib.observe.redact import MARK, redacted


class Lines(logging.Handler):
    """What the handler of the settings would print, as JSON."""

    def __init__(self) -> None:
        super().__init__()
        made = logging_settings("json")["formatters"]["line"].copy()
        self.setFormatter(made.pop("()")(**made))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def named(self, event: str) -> dict[str, object]:
        (entry,) = [entry for line in self.lines if (entry := json.loads(line))["event"] == event]
        return entry


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_a_request_id_is_made_and_returned(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert len(first) == 32
    assert first != second


def test_a_sane_request_id_of_the_caller_is_kept(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "edge-0123.abc"})["X-Request-ID"] == "edge-0123.abc"


@pytest.mark.parametrize("offered", ["short", "x" * 65, "two words here", 'quo"ted-line'])
def test_a_request_id_that_could_forge_a_line_is_replaced(client: Client, offered: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": offered})["X-Request-ID"] != offered


@pytest.mark.django_db
def test_a_request_is_logged_by_its_view_without_path_query_or_body(client: Client, lines: Lines) -> None:
    client.post(
        "/nowhere/siti@example.com?msisdn=6281234567890", {"note": "rahasia"}, headers={"X-Request-ID": "req-12345"}
    )
    entry = lines.named("request")
    assert {key: entry[key] for key in ("view", "method", "status", "user", "request_id", "level")} == {
        "view": "none",
        "method": "POST",
        "status": 404,
        "user": None,
        "request_id": "req-12345",
        "level": "info",
    }
    assert not any(word in "".join(lines.lines) for word in ("siti", "628123", "rahasia", "nowhere"))


def test_probes_are_counted_but_not_logged(client: Client, lines: Lines) -> None:
    labels = {"view": "healthz", "method": "GET", "status": "200"}
    before = REGISTRY.get_sample_value("sapa_requests_total", labels) or 0
    client.get("/healthz")
    assert REGISTRY.get_sample_value("sapa_requests_total", labels) == before + 1
    assert lines.lines == []


def test_an_invented_method_makes_no_new_series(client: Client) -> None:
    client.generic("BREW", "/healthz")
    assert REGISTRY.get_sample_value("sapa_requests_total", {"view": "healthz", "method": "OTHER", "status": "200"})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("to siti@example.com now", f"to {MARK} now"),
        ("MSISDN +6281234567890", f"MSISDN {MARK}"),
        ("to 0812 3456 7890 now", f"to {MARK} now"),
        ("to +62 812-3456-7890", f"to {MARK}"),
        ("took 0.812 s of 08:12:34, 2026-08-12 08:12:34", "took 0.812 s of 08:12:34, 2026-08-12 08:12:34"),
        ("Key (handle)=(siti) already exists", f"Key (handle)=({MARK}) already exists"),
        ("Failing row contains (7, Siti, null).", f"Failing row contains ({MARK})."),
        ("GET /x?q=siti&page=2 failed", f"GET /x?{MARK} failed"),
        ("case 4711 on 2026-11-22", "case 4711 on 2026-11-22"),
    ],
)
def test_what_looks_personal_is_cut_out(text: str, kept: str) -> None:
    assert redacted(text) == kept


def test_what_looks_personal_is_cut_out_of_lists_and_tables_too(lines: Lines) -> None:
    structlog.get_logger("crm.somewhere").info("sent", to=["siti@example.com"], about={"who": ("081234567890", 7)})
    assert lines.named("sent").items() >= {"to": [MARK], "about": {"who": [MARK, 7]}}.items()


def test_an_exception_is_logged_with_its_traceback_but_not_with_its_data(lines: Lines) -> None:
    try:
        raise ValueError("cannot reach siti@example.com")
    except ValueError:
        logging.getLogger("crm.somewhere").exception("failed")
    entry = lines.named("failed")
    assert "ValueError: cannot reach […]" in entry["exception"]


def test_a_task_carries_the_id_of_the_request_that_asked_for_it(lines: Lines) -> None:
    @app.task(name="tests.noop")
    def noop() -> int:
        return structlog.contextvars.get_contextvars()["task_id"]

    with structlog.contextvars.bound_contextvars(request_id="req-12345"):
        headers: dict[str, object] = {}
        from celery.signals import before_task_publish

        before_task_publish.send(sender=noop.name, headers=headers)
    noop.apply(headers=headers, task_id="task-1")

    entry = lines.named("task")
    assert (entry["task"], entry["task_id"], entry["state"]) == ("tests.noop", "task-1", "SUCCESS")
    assert headers == {"request_id": "req-12345"}


@pytest.mark.django_db
def test_the_product_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json() == {"database": True, "broker": True}


@pytest.mark.django_db
@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_without_its_broker_it_is_alive_but_not_ready(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "broker": False})
