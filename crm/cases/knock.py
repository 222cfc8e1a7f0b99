"""Asking for a look at what waits to be handed out. The table is the queue: a lost knock costs beat's five seconds."""

import logging

from celery import current_app

log = logging.getLogger(__name__)
HAND_OUT = "crm.cases.tasks.hand_out_cases"


def knock_to_hand_out() -> None:
    """A broker that is away must not fail the caller's work."""
    try:
        current_app.send_task(HAND_OUT, expires=60, retry=False)
    except Exception:  # whatever the transport raises: beat knocks again
        log.warning("no knock: the broker is away")
