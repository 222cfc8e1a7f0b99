"""The process that receives mail: one thread for each mailbox, as many as there are active connections just now."""

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from imap_tools import BaseMailBox

from crm.lib.failure import place
from crm.lib.observe.alive import note_alive
from crm.messaging import health
from crm.messaging.mail.mailbox import CHANNEL, FAULTS, collect, open_mailbox
from crm.messaging.models import Connection

log = logging.getLogger(__name__)

LOOK_FOR_MAILBOXES = 5.0  # seconds until a new or changed connection is noticed
# A server tells us at once (IDLE); a look is due all the same, for those that forget to, and to find a dead line.
LOOK_AGAIN, LOOK_WITHOUT_IDLE = 60.0, 15.0
SLICE = 1.0  # how long a thread may take to notice that it must end
CLAIM = 0x6D61696C  # "mail": apart from other locks of this database
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0


def watch_mailboxes(stop: threading.Event) -> None:
    """Until `stop`: a thread for every active mailbox; one whose settings changed begins anew."""
    threads: dict[int, MailboxThread] = {}
    while not stop.is_set():
        try:
            close_old_connections()
            _adjust(threads, _wanted())
            note_alive()
        except (DatabaseError, InterfaceError) as error:
            log.warning("mailboxes unknown", extra={"failure": place(error)})
        stop.wait(LOOK_FOR_MAILBOXES)
    for thread in threads.values():
        thread.stopped.set()
    for thread in threads.values():
        thread.join(SLICE * 10)


def _wanted() -> dict[int, Any]:
    """What each mailbox is set to, by connection. One without an IMAP server only sends."""
    return {
        pk: (account, options, sealed)
        for pk, account, options, sealed in Connection.objects.of(CHANNEL).values_list(
            "pk", "account", "options", "sealed"
        )
        if options.get("imap_host")
    }


def _adjust(threads: "dict[int, MailboxThread]", wanted: dict[int, Any]) -> None:
    for pk, thread in list(threads.items()):
        if thread.settings != wanted.get(pk) or not thread.is_alive():
            thread.stopped.set()
            del threads[pk]
    for pk in wanted.keys() - threads.keys():
        threads[pk] = MailboxThread(pk, wanted[pk])
        threads[pk].start()


class MailboxThread(threading.Thread):
    """Logs in, keeps what is there, waits for news; after a fault, again, with growing pauses."""

    def __init__(self, pk: int, settings: Any) -> None:
        super().__init__(name=f"mailbox-{pk}", daemon=True)
        self.pk, self.settings, self.stopped = pk, settings, threading.Event()
        self.faults = 0

    def run(self) -> None:
        while self.goes_on():
            try:
                self._receive()
            except FAULTS as error:
                self._note(type(error).__name__)
            except Exception as error:  # one mailbox must not end for what nobody foresaw
                log.error("mailbox failed", extra={"connection_id": self.pk, "failure": place(error)})
                self._note(place(error))
            finally:
                connection.close()
            self.stopped.wait(min(FIRST_PAUSE * 2 ** min(self.faults - 1, 10), LONGEST_PAUSE) if self.faults else 0)

    def goes_on(self) -> bool:
        return not self.stopped.is_set()

    def _receive(self) -> None:
        """While another process has this mailbox, nothing: two at once would move a mail twice."""
        if not self._claim():
            self.stopped.wait(LOOK_FOR_MAILBOXES)
            return
        mailbox = Connection.objects.get(pk=self.pk)
        with open_mailbox(mailbox) as box:
            health.note_ok(self.pk)
            self.faults = 0
            while self.goes_on():
                collect(box, mailbox, goes_on=self.goes_on)
                health.note_alive(self.pk)
                self._wait_for_news(box)

    def _claim(self) -> bool:
        """Held by this thread's connection to the database, and gone with it, however it ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [CLAIM, self.pk])
            return bool(cursor.fetchone()[0])

    def _wait_for_news(self, box: BaseMailBox) -> None:
        if "IDLE" not in box.client.capabilities:
            self.stopped.wait(LOOK_WITHOUT_IDLE)
            return
        until = time.monotonic() + LOOK_AGAIN
        with box.idle as idle:
            while self.goes_on() and time.monotonic() < until:
                asked = time.monotonic()
                if idle.poll(SLICE) or time.monotonic() - asked < SLICE / 2:  # news, or the line is closed
                    break

    def _note(self, reason: str) -> None:
        self.faults += 1
        log.warning("mailbox away", extra={"connection_id": self.pk, "reason": reason})
        try:
            health.note_fault(self.pk, reason)
        except (DatabaseError, InterfaceError):
            connection.close()
