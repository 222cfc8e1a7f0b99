from celery import shared_task

from crm.messaging.arrivals import forget_bodies, take_due
from crm.messaging.knock import knock, knock_for_arrivals
from crm.messaging.outbox import send_bulk, send_due

# Short enough for a worker that is asked to stop; what is left, the next knock takes.
BATCHES_A_KNOCK = 10
ARRIVALS_A_KNOCK = 200
# Beat knocks every five: two or three threads share a backlog, and none is taken for good.
BULK_SECONDS = 12


@shared_task
def send_due_messages() -> None:
    """Send what is due. Knocks may be doubled, late or lost: the table is the queue."""
    if send_due(batches=BATCHES_A_KNOCK):
        knock(after=0)


@shared_task
def send_bulk_messages() -> int:
    """Of the queue `mass`, whose workers no answer waits for."""
    return send_bulk(seconds=BULK_SECONDS)


@shared_task
def take_arrivals() -> None:
    """Take in what came. Knocks may be doubled, late or lost: the table is the queue."""
    if take_due(most=ARRIVALS_A_KNOCK) == ARRIVALS_A_KNOCK:
        knock_for_arrivals(after=0)


@shared_task
def forget_arrivals() -> int:
    """Once a day."""
    return forget_bodies()
