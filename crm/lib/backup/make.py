"""Making a backup: first the database, then the files, for a file is written before the row that names it."""

import datetime as dt
import fcntl
import filecmp
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from crm.lib.backup import BackupFailed
from crm.lib.backup.manifest import DUMP, FILES, NAME, Manifest, checksum, stored
from crm.lib.backup.tools import environment, program, server_major, target

STAMP = "%Y-%m-%dT%H%M%SZ"
DRAFT = ".partial-"


def make_backup(folder: Path, *, keep: int | None = None, at: dt.datetime | None = None) -> Path:
    """A new backup in `folder`; of the older ones the newest stay, so that there are `keep`. Raises BackupFailed."""
    with _the_only_one(folder):
        for debris in folder.glob(f"{DRAFT}*"):
            shutil.rmtree(debris)
        made = _make(folder, at or timezone.now())
        for old in backups(folder)[: -keep if keep else 0]:
            shutil.rmtree(old)
        return made


def backups(folder: Path) -> list[Path]:
    """The whole ones, oldest first."""
    return sorted(path.parent for path in folder.glob(f"[0-9]*Z/{NAME}"))


@contextmanager
def _the_only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed(f"Another backup into {folder} is being made.") from None
        yield


def _make(folder: Path, at: dt.datetime) -> Path:
    """Under another name until it is whole and on the disk."""
    draft, made = folder / f"{DRAFT}{os.getpid()}", folder / f"{at.astimezone(dt.UTC):{STAMP}}"
    if made.exists():
        raise BackupFailed(f"{made} exists: one backup a second.")
    draft.mkdir(mode=0o700)  # personal data, for the owner alone
    try:
        _fill(draft, at, before=next(reversed(backups(folder)), None))
        _sync(draft)
    except BaseException:
        shutil.rmtree(draft)
        raise
    draft.rename(made)
    _sync_one(folder)
    return made


def _fill(draft: Path, at: dt.datetime, *, before: Path | None) -> None:
    rows, migrations = _dump(draft / DUMP)
    _copy_files(draft / FILES, before / FILES if before else None)
    sums = {path.relative_to(draft).as_posix(): checksum(path) for path in sorted(stored(draft))}
    Manifest(
        made_at=at.isoformat(), sapa=settings.VERSION, postgresql=server_major(), migrations=migrations, rows=rows,
        checksums=sums,
    ).write(draft)  # fmt: skip


def _dump(path: Path) -> tuple[dict[str, int], list[str]]:
    """One snapshot for the dump and for what the manifest says of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run(program("pg_dump"), "--format=custom", f"--snapshot={snapshot}", f"--file={path}", f"--dbname={target()}")
        rows = {}
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            (rows[table],) = cursor.fetchone()
        return rows, sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in cursor.fetchall()]


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, env=environment(), stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise BackupFailed(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def _copy_files(to: Path, before: Path | None) -> None:
    to.mkdir(mode=0o700)
    source = settings.MEDIA_ROOT
    for path in sorted(source.rglob("*")) if source.exists() else []:
        copy = to / path.relative_to(source)
        if path.is_dir():
            copy.mkdir()
            continue
        with suppress(FileNotFoundError):  # thrown away meanwhile; a draft that nobody sent
            _link_or_copy(path, copy, before / path.relative_to(source) if before else None)


def _link_or_copy(path: Path, copy: Path, before: Path | None) -> None:
    """A file that the backup before holds, byte for byte, takes no room twice: files never change under their name."""
    if before and before.exists() and filecmp.cmp(before, path, shallow=False):
        os.link(before, copy)
    else:
        shutil.copy2(path, copy)


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync_one(path)


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
