"""What Celery is asked to do for the desk. Every task may come twice, late or not at all."""

import datetime as dt

from celery import shared_task

from crm.desk.bulk.knock import knock
from crm.desk.bulk.work import run
from crm.desk.models import BulkJob
from crm.lib.moments import database_now

STALE = dt.timedelta(seconds=15)


@shared_task
def run_bulk_job(job_id: int) -> None:
    """Some twenty seconds of a job; what is left goes to the end of the queue."""
    if not run(job_id):
        knock(job_id)


@shared_task
def resume_bulk_jobs() -> int:
    """Take up what a killed worker or a lost knock left standing."""
    still = BulkJob.objects.filter(
        state__in=[BulkJob.State.RUNNING, BulkJob.State.UNDOING], moved_at__lt=database_now() - STALE
    )
    for job in still:
        knock(job.pk)
    return len(still)
