"""Mailing what schedules made: a short table in the text, the file with it, or a link where the file is large."""

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError
from django.template.loader import render_to_string
from django.urls import reverse

from crm.events.actions import record
from crm.lib.claiming import claimed
from crm.lib.exports import SOURCES, Question
from crm.lib.failure import place
from crm.lib.moments import database_now
from crm.lib.sheets import TYPES
from crm.reports import files
from crm.reports.due import stop, why_not
from crm.reports.making import LOCK, as_reader
from crm.reports.models import Export
from crm.reports.questions import as_query
from crm.reports.recipients import allowed
from crm.reports.summary import summary

log = logging.getLogger(__name__)
TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=3)


def mail_due(*, most: int = 50) -> int:
    """Send what is due; how many went out."""
    due = Export.objects.filter(state=Export.State.DONE, mail_at__lte=database_now()).order_by("mail_at", "pk")
    return sum(_mail_one(pk) for pk in list(due.values_list("pk", flat=True)[:most]))


def _mail_one(pk: int) -> bool:
    """One worker at a time: two would send it twice. The time is asked again behind the lock."""
    with claimed(LOCK, pk) as mine:
        due = Export.objects.filter(pk=pk, mail_at__lte=database_now()).select_related("schedule__owner", "by")
        export = due.first()
        if not mine or export is None or export.schedule is None:
            return False
        if reason := why_not(export.schedule):
            stop(export.schedule, reason)
            return False
        return _send(export)


def _send(export: Export) -> bool:
    with as_reader(export.by):
        try:
            compose(export).send()
        except (OperationalError, InterfaceError):
            raise  # the database will be back, and so will the next knock
        except Exception as error:
            # Whatever it is uses up a try: else it would stand before all others for good.
            _failed(export, error)
            return False
    Export.objects.filter(pk=export.pk).update(mailed_at=database_now(), mail_at=None, mail_error="")
    record("export.mailed", subject=export, schedule=export.schedule_id)
    return True


def _failed(export: Export, error: Exception) -> None:
    """Tried again, each time later; in the end it is shown as not sent, and may be sent again by hand."""
    tries = export.mail_tries + 1
    again = database_now() + min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE) if tries < TRIES else None
    log.warning("report not mailed", extra={"export_id": export.pk, "reason": place(error)})
    Export.objects.filter(pk=export.pk).update(mail_tries=tries, mail_at=again, mail_error=place(error)[:120])
    if again is None:
        record("export.unmailed", subject=export, owner=export.by_id)


def compose(export: Export) -> EmailMessage:
    """In the owner's language. The id is the occasion's: a mail that is sent twice arrives as one and the same."""
    assert export.schedule is not None
    source, path = SOURCES[export.report], files.path_of(export.file)
    is_large = export.size > settings.REPORT_MAIL_MEGABYTES * 1_000_000
    question = Question(export.by, as_query(export.query), export.created_at)
    context: dict[str, Any] = {
        "schedule": export.schedule,
        "report": source.name,
        "about": (about := source.about(question)),
        "table": aligned(summary(question, export.report)),
        "link": settings.SITE_URL + reverse("reports:export-file", args=[export.pk]),
        "is_large": is_large,
        "days": settings.EXPORT_DAYS,
    }
    subject = " ".join(f"{export.schedule.name}: {about}".split())  # a header is one line
    body = render_to_string("reports/mail/schedule.txt", context).strip() + "\n"
    to = allowed(export.schedule.recipients)
    headers = {"Message-ID": f"<report-{export.pk}-{export.key[-8:].replace(':', '-')}@{domain()}>"}
    mail = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, to, headers=headers)
    if not is_large:
        mail.attach(f"{export.report}.{export.format}", path.read_bytes(), TYPES[export.format].partition(";")[0])
    return mail


def domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"


def aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Word and number in two columns of plain text."""
    wide = max((len(word) for word, _text in rows), default=0)
    return [f"{word.ljust(wide)}  {text}" for word, text in rows]
