"""Files that people asked for, on the `batch` queue. Knocks may be doubled, late or lost: the tables are the queues."""

from zoneinfo import ZoneInfo

from celery import shared_task

from crm.lib.moments import database_now
from crm.privacy.erasing import remove_doomed
from crm.privacy.files import forget_files as forget
from crm.privacy.files import make_next
from crm.privacy.knock import knock
from crm.privacy.ledger import write_missing
from crm.privacy.retention import retain
from crm.staff.models import Zone


@shared_task
def make_files() -> int:
    """One that waits; the next comes after what else is in the queue."""
    if make_next(now=database_now()) is None:
        return 0
    knock()
    return 1


@shared_task
def forget_files() -> int:
    remove_doomed()
    write_missing()
    return forget(now=database_now())


@shared_task
def retain_data() -> int:
    """What is older than its period goes, for this night or the rest of it; how many rows."""
    now = database_now()
    return retain(now.astimezone(ZoneInfo(Zone.WIB)).date(), at=now)
