"""The nightly measures, on the `batch` queue. A knock may be doubled, late or lost: the next night does it."""

from celery import shared_task

from crm.lib.moments import database_now
from crm.segments.measuring import measure_everybody


@shared_task
def measure_customers() -> int:
    return measure_everybody(database_now())
