"""Tasks carry the id of the request that asked for them, and each run has a line in the log."""

import time
from typing import Any

import structlog
from celery.signals import (
    after_task_publish,
    before_task_publish,
    heartbeat_sent,
    setup_logging,
    task_postrun,
    task_prerun,
)

from crm.lib.observe.alive import note_alive
from crm.lib.observe.metrics import TASK_SECONDS

log = structlog.get_logger("sapa.task")
_begun: dict[str, float] = {}


def watch_tasks() -> None:
    """Called once by crm/celery.py; Celery announces runs by its own signals only."""
    setup_logging.connect(leave_logging_alone, weak=False)
    before_task_publish.connect(hand_on_request_id, weak=False)
    task_prerun.connect(note_start, weak=False)
    task_postrun.connect(note_end, weak=False)
    heartbeat_sent.connect(note_alive, weak=False)  # a worker that reaches its broker
    after_task_publish.connect(note_alive, weak=False)  # beat, each time it knocks


def leave_logging_alone(**_: Any) -> None:
    """A receiver is enough to keep Celery from setting up logging of its own: Django's stands."""


def hand_on_request_id(headers: dict[str, Any], **_: Any) -> None:
    if identity := structlog.contextvars.get_contextvars().get("request_id"):
        headers["request_id"] = identity


def note_start(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    if identity := getattr(task.request, "request_id", None):
        structlog.contextvars.bind_contextvars(request_id=identity)
    _begun[task_id] = time.perf_counter()


def note_end(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    seconds = time.perf_counter() - _begun.pop(task_id, time.perf_counter())
    TASK_SECONDS.labels(task.name, state or "unknown").observe(seconds)
    log.info("task", state=state, ms=round(seconds * 1000, 1))
    structlog.contextvars.clear_contextvars()
