"""Files that belong to no contact: uploaded for an answer that is not sent yet, or never will be."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from crm.timeline.models import Attachment

BATCH = 500
FOLDER = "attachments"


def discard(attachment: Attachment) -> None:
    """The row now, its file when the transaction is through. Call with the row locked."""
    storage, name = attachment.file.storage, attachment.file.name
    attachment.delete()
    if name:
        transaction.on_commit(partial(storage.delete, name))


def forget_loose(*, before: dt.datetime) -> int:
    """Uploads whose answer was never sent; how many."""
    with transaction.atomic():
        loose = Attachment.objects.filter(interaction=None, created_at__lt=before).order_by("id")
        found = list(loose.select_for_update(of=["self"], skip_locked=True)[:BATCH])
        for attachment in found:
            discard(attachment)
    return len(found) + (forget_loose(before=before) if len(found) == BATCH else 0)


def forget_orphans(*, before: dt.datetime) -> int:
    """Files that a rolled-back transaction left without a row: whoever they are about may not find them. How many."""
    names = [name for name in _files_in(FOLDER) if default_storage.get_modified_time(name) < before]
    orphans = set(names) - set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _files_in(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    for inner in folders:
        yield from _files_in(f"{folder}/{inner}")
    yield from (f"{folder}/{name}" for name in files)
