"""Waking the workers. The tables are the queues: a lost knock costs at most the seconds until beat's next one."""

import logging

from celery import current_app

log = logging.getLogger(__name__)
SEND = "crm.messaging.tasks.send_due_messages"
TAKE = "crm.messaging.tasks.take_arrivals"


def knock(*, after: float) -> None:
    """Ask the senders to look, `after` so many seconds."""
    _knock(SEND, after)


def knock_for_arrivals(*, after: float) -> None:
    """Ask for a look at what came in."""
    _knock(TAKE, after)


def _knock(task: str, after: float) -> None:
    """A broker that is away must not fail the caller's work."""
    try:
        current_app.send_task(task, countdown=after, expires=after + 60, retry=False)
    except Exception:  # whatever the transport raises: beat knocks again
        log.warning("no knock: the broker is away")
