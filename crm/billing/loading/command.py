"""What the two import commands share."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from crm.billing.actions import begin_load
from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import read_mapping, shipped
from crm.billing.loading.running import run_load
from crm.billing.models import Load
from crm.billing.words import REASONS

SHOWN = 20


class LoadCommand(BaseCommand):
    kinds: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", required=True, help=f"A TOML file, or one that is shipped: {', '.join(shipped())}."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no such file."))
        text = _text_of(options["mapping"])
        try:
            kind = read_mapping(text).kind
            if kind not in self.kinds:
                raise FileFault(_("A mapping of kind %(kind)s is not for this command.") % {"kind": kind})
            load = begin_load(path=path, mapping=text, by=None)
        except FileFault as fault:
            raise CommandError(str(fault)) from None
        self._report(run_load(load, Path(load.file.path)))

    def _report(self, done: Load) -> None:
        if done.state == Load.State.FAILED:
            raise CommandError(done.error)
        if done.is_moving:
            raise CommandError(_("Another process is loading this file. Its progress is on the page of loads."))
        said = _("%(rows)s rows: %(new)s facts new, %(changed)s changed, %(known)s known; %(lines)s lines made; "
                 "%(refused)s rows refused, %(noted)s taken with a remark.")  # fmt: skip
        self.stdout.write(said % {
            "rows": done.rows_read, "new": done.facts_new, "changed": done.facts_changed, "known": done.facts_known,
            "lines": done.lines_made, "refused": done.rows_refused, "noted": done.rows_noted,
        })  # fmt: skip
        for one in done.refusals.all()[:SHOWN]:
            self.stderr.write(f"{_('row %(row)s') % {'row': one.row}} {one.column}: {REASONS[one.reason]}")
        if done.medians:
            medians = ", ".join(f"{month} {_rounded(median)}" for month, median in done.medians.items())
            self.stdout.write(_("Median of ARPU per month: %(medians)s") % {"medians": medians})


def _text_of(given: str) -> str:
    if given in shipped():
        return shipped()[given]
    path = Path(given)
    if not path.is_file():
        raise CommandError(_("There is no such mapping: %(name)s.") % {"name": given})
    return path.read_text()


def _rounded(median: str) -> Decimal:
    return Decimal(median).quantize(Decimal("0.1"), ROUND_HALF_UP)
