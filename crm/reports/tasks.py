"""Files and mails of reports, on the `batch` queue. Knocks may be doubled, late or lost: the tables are the queues."""

from celery import shared_task

from crm.lib.moments import database_now
from crm.reports.due import begin_due
from crm.reports.knock import knock
from crm.reports.mailing import mail_due
from crm.reports.making import forget, make_due


@shared_task
def make_exports() -> int:
    """Make one that waits, then mail what a schedule waits for; the next comes after what else is in the queue."""
    made = make_due(most=1)
    mail_due()
    if made:
        knock()
    return made


@shared_task
def run_schedules() -> int:
    """Each minute: begin what is due."""
    return begin_due(now=database_now())


@shared_task
def forget_exports() -> int:
    """Once a day."""
    return forget(now=database_now())
