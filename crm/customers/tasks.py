"""What Celery is asked to do for customers. Every task may come twice, late or not at all."""

from celery import shared_task

from crm.customers import duplicates


@shared_task
def look_for_duplicates() -> int:
    """Compare the whole base: how many pairs are new or changed."""
    return duplicates.look_for_duplicates()
