"""Waking a worker for what waits; a lost knock costs the seconds until beat's next one."""

import logging

from celery import current_app

log = logging.getLogger(__name__)


def knock() -> None:
    try:
        current_app.send_task("crm.privacy.tasks.make_files", expires=60, retry=False)
    except Exception:  # whatever the transport raises: beat knocks again
        log.warning("no knock: the broker is away")
