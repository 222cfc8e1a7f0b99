"""Writes of this room that people and commands ask for: loads from file to end."""

import shutil
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import read_mapping
from crm.billing.loading.reading import fingerprint, heading
from crm.billing.models import Load
from crm.events.actions import record
from crm.lib.moments import database_now
from crm.staff.models import User

FOLDER = "loads"


@transaction.atomic
def begin_load(*, path: Path, mapping: str, by: User | None) -> Load:
    """Keep a copy of the file and the record of its run. An unfinished run of the same file is gone on with.

    Raises FileFault, and keeps nothing, where the mapping or the heading is wrong."""
    read = read_mapping(mapping)
    heading(path, read)
    sha256 = fingerprint(path)
    unfinished = Load.objects.moving().filter(sha256=sha256, mapping=mapping, kind=read.kind).first()
    if unfinished is not None:
        return unfinished
    kept = Path(settings.MEDIA_ROOT) / FOLDER / f"{uuid4()}.csv"
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(path, kept)
    return _new(Load(file=f"{FOLDER}/{kept.name}", file_name=path.name[-200:], size=path.stat().st_size,
                     sha256=sha256, kind=read.kind, mapping=mapping, by=by))  # fmt: skip


@transaction.atomic
def keep_upload(*, file: UploadedFile, mapping: str, by: User) -> Load:
    """Keep an uploaded file to be looked at. Raises FileFault, and keeps nothing, where it cannot be read."""
    read = read_mapping(mapping)
    load = Load(file_name=(file.name or "")[-200:], by=by, kind=read.kind, mapping=mapping, state=Load.State.PREVIEW)
    load.file.save(f"{uuid4()}.csv", file, save=False)
    path = Path(load.file.path)
    try:
        heading(path, read)
    except FileFault:
        load.file.delete(save=False)
        raise
    load.sha256, load.size = fingerprint(path), path.stat().st_size
    return _new(load)


def _new(load: Load) -> Load:
    load.save()
    record("billing.load_begun", subject=load, by=load.by, what=load.kind)
    return load


@transaction.atomic
def queue_load(*, load: Load, by: User) -> Load:
    """From preview to the workers. A second press finds it queued and changes nothing."""
    locked = Load.objects.select_for_update().get(pk=load.pk)
    if locked.state == Load.State.PREVIEW:
        locked.state, locked.moved_at = Load.State.QUEUED, database_now()
        locked.save()
        record("billing.load_queued", subject=locked, by=by, what=locked.kind)
    return locked


@transaction.atomic
def discard_load(*, load: Load, by: User | None) -> None:
    """Throw away a file that was only looked at. What has begun stays."""
    locked = Load.objects.select_for_update().get(pk=load.pk)
    if locked.state == Load.State.PREVIEW:
        record("billing.load_discarded", subject=locked, by=by, what=locked.kind)
        locked.file.delete(save=False)
        locked.delete()
