"""The programme's own work, on the `batch` queue: each night and each hour, and again where a worker died."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from caring.effect.reckoning import reckon
from caring.evaluate import begin_run, resume, run_to_do, work_through
from caring.models import Run
from caring.picking import Moment
from caring.sending import open_due, send_due
from crm.billing import months

STALE = dt.timedelta(minutes=10)
HELPERS = 3  # as many workers more share a run, where the queue has them


@shared_task
def evaluate_night() -> int:
    return _share(begin_run(Moment.of(timezone.now())))


@shared_task
def evaluate_hour() -> int:
    """What changes by day: bills, active periods, complaints."""
    return _share(begin_run(Moment.of(timezone.now()), hourly=True))


@shared_task
def evaluate_now() -> int:
    """Somebody has asked on the page of the runs."""
    return _share(run_to_do(Moment.of(timezone.now())))


def _share(run: Run) -> int:
    """Whoever comes to it late finds nothing left to do."""
    for _ in range(HELPERS):
        help_run.delay(run.pk)
    return work_through(run).made


@shared_task
def help_run(run_id: int) -> None:
    run = Run.objects.unfinished().filter(pk=run_id).first()
    if run is not None:
        work_through(run)


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
