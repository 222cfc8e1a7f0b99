from celery import shared_task

from crm.events.subscribe import deliver_all


@shared_task
def deliver_events() -> int:
    """Hand new events to the rooms that listen. A doubled knock finds the positions locked or already moved."""
    return deliver_all()
