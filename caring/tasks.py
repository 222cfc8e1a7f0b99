"""The programme's own work, on the `batch` queue: each night and each hour, and again where a worker died."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from caring import evaluate as evaluating
from caring.effect.reckoning import reckon
from caring.evaluate import evaluate, resume
from caring.picking import Moment
from caring.sending import open_due, send_due
from crm.billing import months

STALE = dt.timedelta(minutes=10)


@shared_task
def evaluate_night() -> int:
    return evaluate(Moment.of(timezone.now())).made


@shared_task
def evaluate_hour() -> int:
    """What changes by day: bills, active periods, complaints."""
    return evaluate(Moment.of(timezone.now()), hourly=True).made


@shared_task
def evaluate_now() -> int:
    """Somebody has asked on the page of the runs."""
    return evaluating.evaluate_now(Moment.of(timezone.now())).made


@shared_task
def resume_runs() -> int:
    return resume(STALE)


@shared_task
def send_caring() -> int:
    """Knocked each minute: what is written goes to the outbox, calls that waited are opened."""
    at = timezone.now()
    return send_due(at) + open_due(at)


@shared_task
def measure_effect() -> int:
    """After the evaluation, each night."""
    at = timezone.now()
    return reckon(months.today(at), at)
