from celery import shared_task

from crm.messaging.knock import knock
from crm.messaging.outbox import send_due

# Short enough for a worker that is asked to stop; what is left, the next knock takes.
BATCHES_A_KNOCK = 10


@shared_task
def send_due_messages() -> None:
    """Send what is due. Knocks may be doubled, late or lost: the table is the queue."""
    if send_due(batches=BATCHES_A_KNOCK):
        knock(after=0)
