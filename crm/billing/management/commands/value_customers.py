"""`python manage.py value_customers [--on 2026-12-01]`."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from crm.billing import months
from crm.billing.nightly import value_everybody
from crm.lib.days import day_of


class Command(BaseCommand):
    help = "Count ARPU and tiers now, as each night does, or as of another day: for figures loaded from an archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day_of, help="YYYY-MM-DD; the month before is the newest that counts.")

    def handle(self, *args: Any, **options: Any) -> None:
        day: dt.date = options["on"] or months.today(timezone.now())
        night = value_everybody(day)
        self.stdout.write(f"{night.lines} lines, {night.customers} customers, {night.tiers} tiers changed.")
