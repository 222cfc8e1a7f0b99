"""Waking a worker of the `bulk` queue. The rows are the queue: a lost knock costs seconds, a doubled one nothing."""

import logging

from celery import current_app

log = logging.getLogger(__name__)
RUN = "crm.desk.tasks.run_bulk_job"


def knock(job_id: int, *, after: float = 0) -> None:
    """`after` so many seconds. A broker that is away must not fail the caller's work."""
    try:
        current_app.send_task(RUN, (job_id,), countdown=after or None, retry=False)
    except Exception:  # whatever the transport raises: beat knocks again
        log.warning("no knock: the broker is away")
