"""Imports in the background, on the `batch` queue; what networks have for us, on `default`."""

import datetime as dt
import logging
from pathlib import Path

from celery import shared_task
from django.db import DatabaseError
from django.utils.translation import gettext as _

from crm.lib.moments import database_now
from crm.messaging.models import Connection
from social.actions import discard_import
from social.importing import fail_import, run_import
from social.media import fetch_due
from social.models import PostImport
from social.networks.x.pulling import pull
from social.networks.x.sending import NETWORK as X

log = logging.getLogger(__name__)
STALE = dt.timedelta(minutes=1)
LOOKED_AT = dt.timedelta(days=1)
MEDIA_A_KNOCK = 50


@shared_task
def run_post_import(post_import_id: int) -> None:
    """A doubled or late knock finds the import done, or shares the work with whoever runs it."""
    post_import = PostImport.objects.select_related("account").get(pk=post_import_id)
    if not post_import.is_moving:
        return
    try:
        run_import(post_import, Path(post_import.file.path))
    except DatabaseError:
        raise  # the database will be back; resume_imports takes it up again
    except Exception:
        log.exception("import failed", extra={"post_import": post_import_id})
        fail_import(post_import, _("A fault of ours stopped the import. What it stored stays; import the file again."))
    else:
        drop_file(post_import)


def drop_file(post_import: PostImport) -> None:
    """Its rows are kept; a second copy of people's posts is not needed."""
    post_import.file.delete(save=False)
    PostImport.objects.filter(pk=post_import.pk).update(file="")


@shared_task
def resume_imports() -> int:
    """Take up what a killed worker or a lost knock left standing; drop what was only looked at a day ago."""
    now = database_now()
    for forgotten in PostImport.objects.filter(state=PostImport.State.PREVIEW, created_at__lt=now - LOOKED_AT):
        discard_import(post_import=forgotten, by=None)
    still = PostImport.objects.moving().exclude(file="").filter(moved_at__lt=now - STALE)
    for post_import in still:
        run_post_import.delay(post_import.pk)
    return len(still)


@shared_task
def pull_mentions() -> None:
    """Each minute: what the webhooks missed. A task each, so that one network that hangs holds up no other."""
    for pk in Connection.objects.of(X).values_list("pk", flat=True):
        pull_connection.apply_async((pk,), expires=60)


@shared_task
def pull_connection(connection_id: int) -> None:
    connection = Connection.objects.of(X).filter(pk=connection_id).first()
    if connection is not None:
        pull(connection)


@shared_task
def fetch_media() -> None:
    """Knocks may be doubled, late or lost: the table is the queue."""
    fetch_due(most=MEDIA_A_KNOCK)
