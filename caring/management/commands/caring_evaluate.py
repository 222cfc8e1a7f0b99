import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from caring.conditions import in_words, kept_ways
from caring.counting import count, count_any, numbers
from caring.defaults import ensure_programme
from caring.evaluate import evaluate
from caring.models import StageVersion
from caring.picking import Moment
from caring.policy import versions_in_force
from caring.sources import SOURCES


class Command(BaseCommand):
    help = (
        "Say whom the rules of the 24 Program Caring pick as of the end of a day. What the programme did before"
        " (not reached in an earlier stage) is left out of it; --save makes the tasks, with everything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="Without it: now.")
        parser.add_argument("--stage", type=int, choices=range(1, 25), metavar="1…24", help="This one alone.")
        parser.add_argument("--list", action="store_true", help="Numbers of the lines of --stage, one a line.")
        parser.add_argument("--json", action="store_true", help="One line of JSON.")
        parser.add_argument("--save", action="store_true", help="Make the tasks, as each night.")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_programme()
        day = options["as_of"]
        moment = Moment.end_of(day) if day else Moment.of(timezone.now())
        versions = [one for one in versions_in_force() if options["stage"] in (None, one.stage_id)]
        if options["save"]:
            self._save(moment)
        elif options["list"]:
            self._list(versions, moment, options["stage"])
        else:
            self._say({one.stage_id: _found(one, moment) for one in versions if _is_read(one)}, day, options["json"])

    def _save(self, moment: Moment) -> None:
        run = evaluate(moment)
        self.stdout.write(f"{run.slot}: {run.made} tasks made, {run.ended} ended.")

    def _list(self, versions: list[StageVersion], moment: Moment, stage: int | None) -> None:
        if stage is None:
            raise CommandError("--list needs --stage.")
        for version in versions:
            for number in numbers(kept_ways(version.rule), moment, history=False):
                self.stdout.write(number)

    def _say(self, found: dict[int, dict[str, Any]], day: dt.date | None, as_json: bool) -> None:
        if as_json:
            said = {"as_of": day.isoformat() if day else None, "stages": found}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        for stage, one in found.items():
            self.stdout.write(f"{stage:>2} {one['picked']:>9,}  {one['name']}")
            for way in one["ways"]:
                self.stdout.write(f"   {way['picked']:>9,}    {way['rule']}")


def _is_read(version: StageVersion) -> bool:
    """Not begun by events alone."""
    return any(not SOURCES[way.source].is_event for way in kept_ways(version.rule))


def _found(version: StageVersion, moment: Moment) -> dict[str, Any]:
    ways = [way for way in kept_ways(version.rule) if not SOURCES[way.source].is_event]
    by_way = [{"rule": in_words(way), "picked": count(way, moment, history=False)} for way in ways]
    return {"name": version.name, "picked": count_any(ways, moment, history=False), "ways": by_way}
