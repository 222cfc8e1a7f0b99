from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.lib.backup import BackupFailed
from crm.lib.backup.manifest import read_manifest
from crm.lib.backup.restore import restore


class Command(BaseCommand):
    """Restores a backup into an empty database. A damaged one is refused and nothing is changed."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="one backup, such as …/2026-11-25T140000Z")
        parser.add_argument("--force", action="store_true", help="throw away what database and files hold now")

    def handle(self, *, folder: Path, force: bool, **options: object) -> None:
        try:
            notes = restore(folder.absolute(), force=force)
        except (BackupFailed, OSError) as failure:
            raise CommandError(str(failure)) from failure
        manifest = read_manifest(folder)
        for note in notes:
            self.stdout.write(note)
        files = len(manifest.checksums) - 1
        self.stdout.write(f"{sum(manifest.rows.values())} rows and {files} files restored, as of {manifest.made_at}")
