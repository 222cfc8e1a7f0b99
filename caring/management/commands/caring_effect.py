import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from caring.effect.reckoning import reckon
from crm.billing import months


class Command(BaseCommand):
    help = "Measure the effect of the 24 Program Caring against the hold-out, as each night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="Without it: today.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        kept = reckon(options["as_of"] or months.today(at), at)
        self.stdout.write(f"{kept} figures of the effect kept.")
