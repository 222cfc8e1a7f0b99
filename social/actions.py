"""Writes of this room that people and commands ask for."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from crm.events.actions import record
from crm.lib.moments import database_now
from crm.staff.models import User
from social.csvfile import FileFault, Summary, summarise
from social.models import Account, PostImport
from social.storing import account_named


@transaction.atomic
def begin_import(
    *, account: Account, file_name: str, summary: Summary, replay: bool, by: User | None, **stored: Any
) -> PostImport:
    """The record of a file on its way in. An unfinished import of the same file into this account is gone on with."""
    unfinished = PostImport.objects.moving().filter(account=account, sha256=summary.sha256, replay=replay)
    return unfinished.first() or PostImport.objects.create(
        account=account,
        file_name=file_name[-200:],
        sha256=summary.sha256,
        rows_total=summary.rows,
        replay=replay,
        by=by,
        **stored,
    )


@transaction.atomic
def queue_import(*, post_import: PostImport, replay: bool, by: User) -> PostImport:
    """From preview to the workers. A second press finds it queued and changes nothing."""
    locked = PostImport.objects.select_for_update().get(pk=post_import.pk)
    if locked.state == PostImport.State.PREVIEW:
        locked.state, locked.replay, locked.moved_at = PostImport.State.QUEUED, replay, database_now()
        locked.save()
        record("posts.import_queued", subject=locked, by=by, account=locked.account_id, replay=replay)
    return locked


@transaction.atomic
def discard_import(*, post_import: PostImport, by: User | None) -> None:
    """Throw away a file that was only looked at. What has begun stays."""
    locked = PostImport.objects.select_for_update().get(pk=post_import.pk)
    if locked.state == PostImport.State.PREVIEW:
        record("posts.import_discarded", subject=locked, by=by)
        locked.file.delete(save=False)
        locked.delete()


@transaction.atomic
def keep_upload(*, file: UploadedFile, network: str, account: str, by: User) -> PostImport:
    """Keep an uploaded file to be looked at. Raises FileFault, and keeps nothing, when it is no archive of posts."""
    kept = PostImport(file_name=(file.name or "")[-200:], by=by, state=PostImport.State.PREVIEW)
    kept.file.save(f"{uuid4()}.csv", file, save=False)
    try:
        summary = summarise(Path(kept.file.path))
    except FileFault:
        kept.file.delete(save=False)
        raise
    kept.account, kept.sha256, kept.rows_total = account_named(network, account), summary.sha256, summary.rows
    kept.save()
    record("posts.uploaded", subject=kept, by=by, account=kept.account_id, rows=summary.rows)
    return kept
