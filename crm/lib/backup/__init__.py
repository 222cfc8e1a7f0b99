"""Backups: the database and the files of one moment in one folder, and the way back.

    2026-11-25T140000Z/database.dump   pg_dump's own format
    2026-11-25T140000Z/files/          what SAPA_HOME/files held
    2026-11-25T140000Z/manifest.json   written last: counts, checksums, versions

A folder of that form is whole: it gets its name when the last byte is on the disk.
"""

from collections.abc import Callable


class BackupFailed(Exception):
    """Nothing was changed; str() says what to do."""


_after_restore: dict[str, Callable[[], str]] = {}


def after_restore(name: str, step: Callable[[], str]) -> None:
    """Register from `AppConfig.ready()` what a restored database needs; the step returns a line for who restores."""
    _after_restore[name] = step


def steps_after_restore() -> list[Callable[[], str]]:
    return list(_after_restore.values())
