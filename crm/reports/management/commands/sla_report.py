"""`python manage.py sla_report --account NAME [--json]`: the report's figures, from the query behind its page."""

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from crm.reports.sla.archives import archive_of, archives
from crm.reports.sla.filters import ARCHIVE_MARGIN, Filters
from crm.reports.sla.summary import as_json
from crm.reports.sla.totals import TOTAL, count

FIRST_ANSWERS = ("answered", "within_15_percent", "median_minutes", "p90_minutes")


class Command(BaseCommand):
    help = "First replies and settlements: of a replayed archive with --account, else of the live cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--account", default="", help="Handle. Its archive, if one was replayed; else its live cases."
        )
        parser.add_argument("--archives", action="store_true", help="Every replayed archive, a line each.")
        parser.add_argument("--network", default="")
        parser.add_argument("--live", action="store_true", help="The account's live cases even if it has an archive.")
        parser.add_argument("--since", type=_day, help="First day, such as 2024-10-27.")
        parser.add_argument("--until", type=_day, help="Last day, included.")
        parser.add_argument("--margin-hours", type=float, default=ARCHIVE_MARGIN.total_seconds() / 3600,
                            help="Archive: a post counts as due if it came this long before the last row.")  # fmt: skip
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        told = self._archives(options) if options["archives"] else self._summary(options)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        elif options["archives"]:
            self._side_by_side(told)
        else:
            self._table(told)

    def _summary(self, options: dict[str, Any]) -> dict[str, Any]:
        return as_json(count(self._filters(options))[TOTAL][()])

    def _archives(self, options: dict[str, Any]) -> dict[str, Any]:
        """The summary of each replayed archive."""
        return {
            one.handle: self._summary(options | {"account": one.handle, "network": one.network})
            for one in archives().order_by("handle")
        }

    def _side_by_side(self, summaries: dict[str, Any]) -> None:
        self.stdout.write(f"{'':<24}" + "".join(f"{name:>20}" for name in FIRST_ANSWERS))
        for handle, summary in summaries.items():
            told = ("-" if summary[name] is None else summary[name] for name in FIRST_ANSWERS)
            self.stdout.write(f"{handle:<24}" + "".join(f"{figure:>20}" for figure in told))

    def _filters(self, options: dict[str, Any]) -> Filters:
        margin = dt.timedelta(hours=options["margin_hours"])
        archive = None
        if options["account"] and not options["live"]:
            archive = archive_of(options["account"], options["network"], margin=margin)
        return Filters(
            at=timezone.now(),
            since=options["since"] and _midnight(options["since"]),
            until=options["until"] and _midnight(options["until"] + dt.timedelta(days=1)),
            archive=archive,
            account="" if archive else options["account"].lstrip("@"),
            channel=options["network"],
            time_zone=timezone.get_current_timezone_name(),
        )

    def _table(self, summary: dict[str, Any], indent: str = "") -> None:
        for name, value in summary.items():
            if isinstance(value, dict):
                self.stdout.write(f"{indent}{name}")
                self._table(value, indent + "  ")
            else:
                self.stdout.write(f"{indent}{name:<32}{'-' if value is None else value}")


def _day(written: str) -> dt.date:
    day = parse_date(written)
    if day is None:
        raise CommandError(_("“%(written)s” is no date, such as 2024-10-27.") % {"written": written})
    return day


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
