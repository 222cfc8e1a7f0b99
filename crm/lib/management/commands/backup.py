from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.lib.backup import BackupFailed
from crm.lib.backup.make import make_backup


def at_least_one(text: str) -> int:
    if int(text) < 1:
        raise ValueError
    return int(text)


class Command(BaseCommand):
    """Backs up the database and the files of one moment into a new folder in DIR. The product may go on running."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="where the backups lie")
        parser.add_argument("--keep", type=at_least_one, metavar="N", help="remove all but the newest N")

    def handle(self, *, folder: Path, keep: int | None, **options: object) -> None:
        try:
            self.stdout.write(str(make_backup(folder.absolute(), keep=keep)))
        except (BackupFailed, OSError) as failure:
            raise CommandError(str(failure)) from failure
