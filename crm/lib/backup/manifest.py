"""What a backup holds, so that it can be proven whole before anything is touched."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from crm.lib.backup import BackupFailed

FORMAT = 1
NAME, DUMP, FILES = "manifest.json", "database.dump", "files"


@dataclass(frozen=True)
class Manifest:
    """`rows` by table, `checksums` (SHA-256) by path in the backup, `migrations` as app.name."""

    made_at: str
    sapa: str
    postgresql: int
    migrations: list[str]
    rows: dict[str, int]
    checksums: dict[str, str]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self) | {"seal": _seal(asdict(self))}, indent=1))


def read_manifest(folder: Path) -> Manifest:
    """Raises BackupFailed where there is none that we understand."""
    try:
        found = json.loads((folder / NAME).read_text())
        seal, version = found.pop("seal"), found["format"]
    except FileNotFoundError:
        raise BackupFailed(_no_backup(folder)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        seal, found = "", {}
    if seal != _seal(found):
        raise BackupFailed(f"The backup is damaged: {folder / NAME} was changed. Nothing was restored.")
    if version != FORMAT:
        raise BackupFailed(f"{folder} has format {version}, this version of Sapa reads {FORMAT}.")
    return Manifest(**found)


def _seal(values: dict[str, object]) -> str:
    """Against a bad disk, not against a bad person: who can write here can also seal."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _no_backup(folder: Path) -> str:
    inside = sorted(path.parent.name for path in folder.glob(f"[!.]*/{NAME}"))
    hint = f" It holds backups; name one: {', '.join(inside)}." if inside else ""
    return f"{folder} is no whole backup: it has no {NAME}.{hint}"


def verify(folder: Path, manifest: Manifest) -> None:
    """Raises BackupFailed with what is missing, changed or too much."""
    here = {path.relative_to(folder).as_posix() for path in stored(folder)}
    missing, strange = set(manifest.checksums) - here, here - set(manifest.checksums)
    changed = {name for name in here - strange if checksum(folder / name) != manifest.checksums[name]}
    for what, names in (("is missing", missing), ("was changed", changed), ("does not belong to it", strange)):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise BackupFailed(f"The backup is damaged: {min(names)}{more} {what}. Nothing was restored.")


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path != folder / NAME]


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_version(manifest: Manifest, server: int) -> None:
    """Raises BackupFailed for a backup from the future, of Sapa or of PostgreSQL."""
    if unknown := sorted(set(manifest.migrations) - known_migrations()):
        raise BackupFailed(
            f"The backup was made by a newer Sapa ({manifest.sapa}): migration {unknown[0]} is not known here."
            " Restore it with the version that made it, or a later one."
        )
    if server < manifest.postgresql:
        raise BackupFailed(
            f"The backup was made from PostgreSQL {manifest.postgresql}, the server here is {server}:"
            " restore it into the same version or a later one."
        )


def known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
