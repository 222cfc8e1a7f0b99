from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.customers.regions import load_regions, read_list


class Command(BaseCommand):
    help = "Load the official list of provinces, regencies and cities, districts (docs/records.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with the columns kode and nama, UTF-8.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as file:
                count = load_regions(read_list(file))
        except (OSError, ValueError) as error:
            raise CommandError(f"Nothing was loaded: {error}") from error
        self.stdout.write(f"{count} regions.")
