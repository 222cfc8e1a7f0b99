"""Making files in the background.

The table is the queue. A worker that makes a file holds a lock of its database session: a second one passes the file
by, and when the first is killed the lock is gone with it and the next knock begins the file anew. What is half written
has another name than what is whole.
"""

import datetime as dt
import logging
import secrets
import time
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg2.errors import QueryCanceled

from crm.events.actions import record
from crm.lib.claiming import claimed
from crm.lib.exports import SOURCES, Question
from crm.lib.failure import place
from crm.lib.moments import database_now
from crm.lib.patience import TooLong, unhurried
from crm.lib.sheets import Cell, write
from crm.reports import files
from crm.reports.models import Export
from crm.reports.questions import as_query
from crm.staff.models import User

log = logging.getLogger(__name__)
LOCK = 0x5A50
TRIES = 3
LOOKED_AT = 100  # of those that wait, at one time
NAMELESS_FOR = dt.timedelta(days=1)  # a file that no export names: its worker was killed
TOO_LONG = gettext_noop("It takes too long even in the background. Choose a shorter time or more filters.")
TELL_EACH = 0.7  # seconds between two words on the progress


def make_due(*, most: int = 20) -> int:
    """Make what waits, up to `most`; how many files were made or failed. What another worker makes is passed by."""
    waiting = Export.objects.filter(state=Export.State.WAITING).order_by("pk").values_list("pk", flat=True)
    ended = 0
    for pk in list(waiting[:LOOKED_AT]):
        ended += _make_one(pk)
        if ended >= most:
            break
    return ended


def _make_one(pk: int) -> bool:
    with claimed(LOCK, pk) as mine:
        # Read behind the lock: whoever had it before may have made it.
        export = Export.objects.filter(pk=pk, state=Export.State.WAITING).select_related("by", "schedule").first()
        if not mine or export is None:
            return False
        _try(export)
    return not Export.objects.filter(pk=pk, state=Export.State.WAITING).exists()


def _try(export: Export) -> None:
    """Counted before it is tried: a file that kills its worker each time is given up."""
    if export.tries >= TRIES:
        return _fail(export, _("A fault of ours stopped it three times."))
    Export.objects.filter(pk=export.pk).update(tries=F("tries") + 1, done_rows=0)
    with as_reader(export.by):
        try:
            _make(export)
        except Refused:
            _fail(export, _("Your role does not allow this any more."))
        except TooLong:
            _fail(export, _(TOO_LONG))
        except (DatabaseError, InterfaceError) as error:
            if isinstance(error.__cause__, QueryCanceled):
                return _fail(export, _(TOO_LONG))
            raise  # the database will be back, and so will the next knock
        except Exception as error:
            log.warning("export failed", extra={"export_id": export.pk, "reason": place(error)})
            if export.tries + 1 >= TRIES:
                _fail(export, _("A fault of ours stopped it three times."))


class Refused(Exception):
    """Who asked for the file may not have it any more."""


def _make(export: Export) -> None:
    source = SOURCES[export.report]
    if not source.may(export.by):
        raise Refused
    question = Question(export.by, as_query(export.query), export.created_at)
    # A name that cannot be guessed, although nobody is ever served by path.
    name = f"{export.pk}-{secrets.token_hex(8)}.{export.format}"
    draft = files.room_for(f"{name}.part")
    with unhurried(), background_time():
        head, rows = source.table(question)
        with draft.open("wb") as file:
            write(file, source.slug, export.format, head, counted(export, rows))
    size = files.finish(draft, name)
    _done(export, name, size)


@contextmanager
def background_time() -> Iterator[None]:
    """The session's limit of time for rows that stream: each statement, from its first row to its last."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [settings.REPORT_BACKGROUND_SECONDS * 1000])
    try:
        yield
    finally:
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def counted(export: Export, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """The rows, telling the page now and then how many there were."""
    told = time.monotonic()
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if time.monotonic() - told > TELL_EACH:
            Export.objects.filter(pk=export.pk).update(done_rows=number)
            told = time.monotonic()
    Export.objects.filter(pk=export.pk).update(done_rows=number)


def _done(export: Export, name: str, size: int) -> None:
    now = database_now()
    mail_at = now if export.schedule_id else None
    waiting = Export.objects.filter(pk=export.pk, state=Export.State.WAITING)
    if waiting.update(state=Export.State.DONE, file=name, size=size, ended_at=now, mail_at=mail_at, error=""):
        record("export.done", subject=export, owner=export.by_id, scheduled=bool(export.schedule_id))
    else:
        files.remove(name)  # it was thrown away while it was made


def _fail(export: Export, error: str) -> None:
    waiting = Export.objects.filter(pk=export.pk, state=Export.State.WAITING)
    if waiting.update(state=Export.State.FAILED, error=error, ended_at=database_now()):
        record("export.failed", subject=export, owner=export.by_id, scheduled=bool(export.schedule_id))


@contextmanager
def as_reader(user: User) -> Iterator[None]:
    """The words and the clock of whoever the file is for."""
    with timezone.override(zoneinfo.ZoneInfo(user.time_zone)), translation.override(user.language or "id"):
        yield


def forget(*, now: dt.datetime) -> int:
    """Once a day: files that are out of date, and what no export names; how many exports."""
    until = now - dt.timedelta(days=settings.EXPORT_DAYS)
    old = Export.objects.exclude(state=Export.State.WAITING).filter(ended_at__lt=until, mail_at=None)
    for export in old:
        files.remove(export.file)
        export.delete()
    files.sweep(set(Export.objects.exclude(file="").values_list("file", flat=True)), until=now - NAMELESS_FOR)
    return len(old)
