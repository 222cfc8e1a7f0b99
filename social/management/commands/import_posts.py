"""`python manage.py import_posts FILE --network x [--account NAME …] [--replay]`: an archive of posts from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from crm.cases.models import Case
from crm.timeline.models import Channel
from social.actions import begin_import
from social.csvfile import FileFault, Summary, form_of, summarise
from social.importing import run_import
from social.models import Account, PostImport
from social.placing import placing
from social.reading import brands_of
from social.storing import account_named
from social.words import REASONS


class Command(BaseCommand):
    help = "Import an archive of posts (CSV). The same file twice adds nothing; a killed import goes on where it stood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--network", required=True, choices=Channel.values)
        parser.add_argument("--account", action="append", default=[],
                            help="Our handle there, with or without @. Of a file of several brands one of them (may be "
                                 "given again); without it all of them.")  # fmt: skip
        parser.add_argument("--replay", action="store_true", help="Feed the rows through intake at their own times.")

    def handle(self, *args: Any, **options: Any) -> None:
        path, given = options["file"], options["account"]
        try:
            summary = summarise(path)
            accounts = _accounts(path, summary, [given] if isinstance(given, str) else given)
        except FileFault as fault:
            raise CommandError(str(fault)) from None
        if summary.unknown:
            self.stderr.write(_("Columns not known, left out: %(names)s") % {"names": ", ".join(summary.unknown)})
        for number, name in enumerate(accounts):
            begun = begin_import(
                account=account_named(options["network"], name), file_name=path.name, summary=summary,
                replay=options["replay"], by=None,
            )  # fmt: skip
            self._report(run_import(begun, path, strays=number == 0), alone=len(accounts) == 1)
        if options["replay"]:
            self._placed([account_named(options["network"], name) for name in accounts])

    def _report(self, done: PostImport, *, alone: bool) -> None:
        if done.state == PostImport.State.FAILED:
            raise CommandError(done.error)
        counts = {"new": done.rows_new, "known": done.rows_known, "refused": done.rows_refused}
        said = _("%(new)s new rows, %(known)s already known, %(refused)s refused.") % counts
        self.stdout.write(said if alone else f"{done.account}: {said}")
        if done.replay:
            self._replayed(done)
        for refused in done.refused.all()[:20]:
            where = _("row %(row)s") % {"row": refused.row}
            self.stderr.write(f"{where} {refused.column}: {REASONS[refused.reason]}")

    def _replayed(self, done: PostImport) -> None:
        cases = Case.objects.filter(channel=done.account.network, account=done.account.handle, is_archive=True)
        self.stdout.write(_("Replayed: the archive of %(account)s now holds %(cases)s cases.") % {
            "account": done.account, "cases": cases.count(),
        })  # fmt: skip

    def _placed(self, accounts: list[Account]) -> None:
        found = [placing(account) for account in accounts]
        counts = {"replies": sum(one.replies for one in found), "placed": sum(one.placed for one in found)}
        if counts["replies"]:
            self.stdout.write(_("Of %(replies)s replies whose post is known, %(placed)s lie in its thread.") % counts)


def _accounts(path: Path, summary: Summary, given: list[str]) -> list[str]:
    """The handles into whose archives the file goes. Raises FileFault, CommandError."""
    if form_of(summary.names).has_brands:
        _threads, written = brands_of(path, summary.sha256)
        return list(dict.fromkeys(given)) or sorted(written.values(), key=str.lower)
    if len(given) != 1:
        raise CommandError(_("Say whose archive this is: one --account."))
    return given
