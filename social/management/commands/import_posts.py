"""`python manage.py import_posts FILE --network x --account NAME [--replay]`: an archive of posts from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from crm.cases.models import Case
from crm.timeline.models import Channel
from social.actions import begin_import
from social.csvfile import FileFault, summarise
from social.importing import run_import
from social.models import PostImport
from social.storing import account_named
from social.words import REASONS


class Command(BaseCommand):
    help = "Import an archive of posts (CSV). The same file twice adds nothing; a killed import goes on where it stood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--network", required=True, choices=Channel.values)
        parser.add_argument("--account", required=True, help="Our handle there, with or without @.")
        parser.add_argument("--replay", action="store_true", help="Feed the rows through intake at their own times.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = summarise(options["file"])
        except FileFault as fault:
            raise CommandError(str(fault)) from None
        if summary.unknown:
            self.stderr.write(_("Columns not known, left out: %(names)s") % {"names": ", ".join(summary.unknown)})
        account = account_named(options["network"], options["account"])
        post_import = begin_import(
            account=account, file_name=options["file"].name, summary=summary, replay=options["replay"], by=None
        )
        self._report(run_import(post_import, options["file"]))

    def _report(self, done: PostImport) -> None:
        if done.state == PostImport.State.FAILED:
            raise CommandError(done.error)
        counts = {"new": done.rows_new, "known": done.rows_known, "refused": done.rows_refused}
        self.stdout.write(_("%(new)s new rows, %(known)s already known, %(refused)s refused.") % counts)
        if done.replay:
            cases = Case.objects.filter(channel=done.account.network, account=done.account.handle, is_archive=True)
            self.stdout.write(_("Replayed: the archive of %(account)s now holds %(cases)s cases.") % {
                "account": done.account, "cases": cases.count(),
            })  # fmt: skip
        for refused in done.refused.all()[:20]:
            where = _("row %(row)s") % {"row": refused.row}
            self.stderr.write(f"{where} {refused.column}: {REASONS[refused.reason]}")
