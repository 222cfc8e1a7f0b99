"""Imports in the background, on the `batch` queue."""

import datetime as dt
from pathlib import Path

from celery import shared_task

from crm.lib.moments import database_now
from social.importing import run_import
from social.models import PostImport

STALE = dt.timedelta(minutes=1)


@shared_task
def run_post_import(post_import_id: int) -> None:
    """A doubled or late knock finds the import done, or shares the work with whoever runs it."""
    post_import = PostImport.objects.select_related("account").get(pk=post_import_id)
    if post_import.is_moving:
        run_import(post_import, Path(post_import.file.path))


@shared_task
def resume_imports() -> int:
    """Take up what a killed worker or a lost knock left standing. Returns how many."""
    still = PostImport.objects.exclude(file="").filter(
        state__in=[PostImport.State.QUEUED, PostImport.State.RUNNING], moved_at__lt=database_now() - STALE
    )
    for post_import in still:
        run_post_import.delay(post_import.pk)
    return len(still)
