"""The way back: proven whole first, then the database in one transaction, then the files by one renaming."""

import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from crm.lib.backup import BackupFailed, steps_after_restore
from crm.lib.backup.make import tables
from crm.lib.backup.manifest import DUMP, FILES, Manifest, check_version, checksum, read_manifest, stored, verify
from crm.lib.backup.tools import environment, program, server_major, target

LEAVING = 3.0  # seconds
OTHERS = """\
SELECT pid, application_name, backend_type FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() ORDER BY pid
"""
EMPTY = """\
SET client_min_messages = warning;
BEGIN;
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def restore(folder: Path, *, force: bool = False) -> list[str]:
    """Make database and files what they were; returns what else is to be known. Raises BackupFailed."""
    manifest = read_manifest(folder)
    verify(folder, manifest)
    check_version(manifest, server_major())
    _check_free(force=force)
    draft = settings.MEDIA_ROOT.with_name(f"{settings.MEDIA_ROOT.name}.restoring")
    try:
        _stage_files(folder, draft, manifest)
        _restore_database(folder / DUMP, manifest)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _swap_files(draft)
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        return [line for line in (step() for step in steps_after_restore()) if line]


def _check_free(*, force: bool) -> None:
    """Nobody else may be at work, and what is there may go only if that was said."""
    if others := ", ".join(_others_that_stay()):
        raise BackupFailed(f"The database is in use by {others}: stop Sapa's processes first.")
    if not force and tables():
        raise BackupFailed("The database is not empty. With --force all it holds is thrown away.")
    if not force and settings.MEDIA_ROOT.exists() and stored(settings.MEDIA_ROOT):
        raise BackupFailed(f"{settings.MEDIA_ROOT} is not empty. With --force all it holds is thrown away.")


def _others_that_stay() -> list[str]:
    """PostgreSQL lists the connection of a program that ended, such as the pg_dump of a backup, a moment longer."""
    until = time.monotonic() + LEAVING
    while (others := _others()) and time.monotonic() < until:
        time.sleep(0.1)
    return others


def _others() -> list[str]:
    """Each as `psql (process 812)`, so that whoever restores can find it."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return [f"{name or kind} (process {pid})" for pid, name, kind in cursor.fetchall()]


def _stage_files(folder: Path, draft: Path, manifest: Manifest) -> None:
    """Beside the place they go to, so that a renaming is enough."""
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(folder / FILES, draft)
    for name, wanted in manifest.checksums.items():
        if name != DUMP and checksum(draft / Path(name).relative_to(FILES)) != wanted:
            raise BackupFailed(f"{name} was not copied as it is; is the disk full?")


def _swap_files(draft: Path) -> None:
    old = settings.MEDIA_ROOT.with_name(f"{settings.MEDIA_ROOT.name}.old")
    if settings.MEDIA_ROOT.exists():
        settings.MEDIA_ROOT.rename(old)
    draft.rename(settings.MEDIA_ROOT)
    shutil.rmtree(old, ignore_errors=True)


def _restore_database(dump: Path, manifest: Manifest) -> None:
    """psql reads what pg_restore writes between BEGIN and COMMIT; we say COMMIT only when pg_restore ended well."""
    words = [program("psql"), "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    words.append(f"--dbname={target()}")
    writer = [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    connection.close()  # ours would stand in the way
    with (
        TemporaryFile() as errors,
        subprocess.Popen(words, stdin=subprocess.PIPE, stderr=errors, env=environment()) as psql,
    ):
        assert psql.stdin
        committed = False
        with suppress(BrokenPipeError), psql.stdin as sink:  # psql gave up, and says why
            committed = _feed(sink, writer, manifest)
        if psql.wait() or not committed:
            errors.seek(0)
            why = errors.readline().decode(errors="replace").strip() or "pg_restore failed"  # further lines quote rows
            raise BackupFailed(f"The database could not be restored and is as it was: {why}")


def _feed(sink: IO[bytes], writer: list[str], manifest: Manifest) -> bool:
    with subprocess.Popen(writer, stdout=subprocess.PIPE) as source:
        assert source.stdout
        sink.write(EMPTY.encode())
        shutil.copyfileobj(source.stdout, sink)
    if source.returncode == 0:
        sink.write(b"".join(map(_count, manifest.rows, manifest.rows.values())) + b"COMMIT; ANALYZE;\n")
    return source.returncode == 0


def _count(table: str, rows: int) -> bytes:
    """Fails, and with it the transaction, when the table has other rows than the manifest says."""
    name = f"public.{connection.ops.quote_name(table)}"
    counted = f"IF (SELECT count(*) FROM {name}) <> {rows:d} THEN RAISE 'not {rows:d} rows in {name}'; END IF;"
    return f"DO $count$ BEGIN {counted} END $count$;\n".encode()
