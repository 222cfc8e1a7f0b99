import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from caring.conditions import in_words, kept_ways
from caring.counting import count, count_any, numbers
from caring.defaults import ensure_programme
from caring.evaluate import evaluate
from caring.leaving.learning import TooFew, learn
from caring.leaving.reading import ranked
from caring.leaving.words import in_words as reasons_in_words
from caring.models import LeavingModel, StageVersion
from caring.picking import Moment
from caring.policy import versions_in_force
from caring.sources import SOURCES
from crm.billing import months


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
        parser.add_argument("--risk", action="store_true", help="Of --stage 22: lines ranked by the leaving risk.")
        parser.add_argument("--save", action="store_true", help="Make the tasks, as each night.")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_programme()
        day = options["as_of"]
        moment = Moment.end_of(day) if day else Moment.of(timezone.now())
        versions = [one for one in versions_in_force() if options["stage"] in (None, one.stage_id)]
        if options["risk"]:
            self._risk(moment, options)
        elif options["save"]:
            self._save(moment)
        elif options["list"]:
            self._list(versions, moment, options["stage"])
        else:
            self._say({one.stage_id: _found(one, moment) for one in versions if _is_read(one)}, day, options["json"])

    def _save(self, moment: Moment) -> None:
        run = evaluate(moment)
        self.stdout.write(f"{run.slot}: {run.made} tasks made, {run.ended} ended.")

    def _risk(self, moment: Moment, options: dict[str, Any]) -> None:
        """Learnt on the shift of the newest three months, read on the newest two."""
        if options["stage"] != 22:
            raise CommandError("--risk needs --stage 22.")
        newest = months.first_day(months.last_full(moment.day))
        try:
            model = learn(newest)
        except TooFew:
            raise CommandError(f"Of {newest:%Y-%m} too few lines are known that left, or that stayed.") from None
        lines = ranked(model)
        picked = [one for one in lines if one.picked]
        if options["list"]:
            for one in picked:
                self.stdout.write(one.line.number)
        elif options["json"]:
            said = {"as_of": str(options["as_of"]), "lines": len(lines), "picked": len(picked), "report": model.report}
            self.stdout.write(json.dumps(said | {"ranked": [[one.line.number, round(one.risk, 4)] for one in lines]}))
        else:
            self._report(model, len(lines), len(picked))
            for one in picked:
                self.stdout.write(f"{one.line.number:>16}  {one.risk:6.1%}  {reasons_in_words(one.reasons)}")

    def _report(self, model: LeavingModel, lines: int, picked: int) -> None:
        said = model.report
        self.stdout.write(
            f"Learnt on {said['lines']} lines of the two months before {model.month:%Y-%m}, of which {said['left']}"
            " were silent in it; judged on lines that the model had not seen:"
        )
        for name, key in (("leaving risk", "model"), ("naive rule*", "naive")):
            score = said[key]
            self.stdout.write(
                f"  {name:13} picked {score['picked']:6.1f}   precision {_share(score['precision'])}"
                f"   recall {_share(score['recall'])}   AUC {_share(score['auc'], '.3f')}"
            )
        self.stdout.write(
            f"  at the naive rule's recall the precision is {said['precision_at_naive_recall']:.1%},"
            f" at its number of lines the recall {said['recall_at_naive_count']:.1%}"
        )
        self.stdout.write("  * revenue more than 50 % under that of the month before: this shift has one month before")
        self.stdout.write(f"Read on the newest two months: {picked} of {lines} lines are likelier to leave than most.")

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


def _share(share: dict[str, float], form: str = ".1%") -> str:
    return f"{share['value']:{form}} [{share['low']:{form}}, {share['high']:{form}}]"


def _is_read(version: StageVersion) -> bool:
    """Not begun by events alone."""
    return any(not SOURCES[way.source].is_event for way in kept_ways(version.rule))


def _found(version: StageVersion, moment: Moment) -> dict[str, Any]:
    ways = [way for way in kept_ways(version.rule) if not SOURCES[way.source].is_event]
    by_way = [{"rule": in_words(way), "picked": count(way, moment, history=False)} for way in ways]
    return {"name": version.name, "picked": count_any(ways, moment, history=False), "ways": by_way}
