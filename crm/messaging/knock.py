"""Waking the senders. The table is the queue: a lost knock costs at most the seconds until beat's next one."""

import logging

from celery import current_app

log = logging.getLogger(__name__)
SEND = "crm.messaging.tasks.send_due_messages"


def knock(*, after: float) -> None:
    """Ask the workers to look, `after` so many seconds. A broker that is away must not fail the caller's work."""
    try:
        current_app.send_task(SEND, countdown=after, expires=after + 60, retry=False)
    except Exception:  # whatever the transport raises: beat knocks again
        log.warning("no knock: the broker is away")
