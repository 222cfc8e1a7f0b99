import datetime as dt

from celery import shared_task
from django.utils import timezone

from crm.timeline.loose import forget_loose, forget_orphans
from crm.timeline.scanning import scan_pending

# Longer than a case may take by the SOP (3 x 24 hours): whoever comes back to an answer finds its files.
LOOSE_FOR = dt.timedelta(days=7)
# Far longer than any transaction takes.
ORPHAN_FOR = dt.timedelta(days=1)


@shared_task
def forget_loose_files() -> int:
    """Once a day: uploads whose answer was never sent, and files whose row was never kept."""
    now = timezone.now()
    return forget_loose(before=now - LOOSE_FOR) + forget_orphans(before=now - ORPHAN_FOR)


@shared_task
def scan_files() -> int:
    """When a file was kept, and each minute for what a scanner that was away has left."""
    return scan_pending()
