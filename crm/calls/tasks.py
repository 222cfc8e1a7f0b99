"""What beat asks of this room. Twice, late or not at all does no harm."""

from celery import shared_task

from crm.calls.actions import chase


@shared_task
def chase_wrap_ups() -> int:
    return chase()
