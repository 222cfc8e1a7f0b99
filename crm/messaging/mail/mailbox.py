"""One mailbox over IMAP: keep what lies in its folder, then put it where it is no longer looked at.

Kept and committed first, moved second: a crash between the two finds the mail again, and keeps it no second time.
"""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from crm.lib.sealed import Unreadable
from crm.messaging.arrivals import keep_arrival
from crm.messaging.mail.parse import digest_of, read_headers
from crm.messaging.models import Arrival, Connection

CHANNEL = "email"
TIMEOUT = 20
# Base64 makes three bytes four: a file of 20 MB fits. Larger ones we know by their headers alone.
LARGEST = 30 * 1024 * 1024
HEADERS_ONLY = "headers"
BATCH = 50
# Ports on which a conversation begins in the clear and is then encrypted; on all others it is from the first byte.
STARTTLS_PORTS = {25, 143, 587, 2525}
FAULTS = (ImapToolsError, imaplib.IMAP4.error, OSError, Unreadable)


class SameFolder(ImapToolsError):
    """Mail would be moved to where it is looked for."""


@contextmanager
def open_mailbox(connection: Connection) -> Iterator[BaseMailBox]:
    """Logged in, its folder selected, the others made. Raises one of FAULTS."""
    password = connection.secrets.get("imap_password", "")
    box = _connect(connection)
    try:
        box.login(connection.option("imap_user", connection.account), password, initial_folder=None)
        for folder in (processed_folder(connection), refused_folder(connection)):
            _ensure_folder(box, folder)
        box.folder.set(folder_of(connection))
        yield box
    finally:
        with suppress(Exception):  # a line that broke takes no good-bye
            box.logout()
        with suppress(Exception):
            box.client.shutdown()


def folder_of(connection: Connection) -> str:
    return str(connection.option("folder", "INBOX"))


def processed_folder(connection: Connection) -> str:
    return str(connection.option("processed_folder", "Processed"))


def refused_folder(connection: Connection) -> str:
    return str(connection.option("refused_folder", "Refused"))


def _connect(connection: Connection) -> BaseMailBox:
    if folder_of(connection) in (processed_folder(connection), refused_folder(connection)):
        raise SameFolder
    host, port = str(connection.option("imap_host")), int(connection.option("imap_port", 993))
    if not connection.option("imap_tls", True):
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    kind = MailBoxStartTls if port in STARTTLS_PORTS else MailBox
    return kind(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())


def _ensure_folder(box: BaseMailBox, folder: str) -> None:
    if not box.folder.exists(folder):
        box.folder.create(folder)
        with suppress(ImapToolsError):  # people's programs then show it; nothing of ours depends on it
            box.folder.subscribe(folder, True)


def collect(box: BaseMailBox, connection: Connection, *, goes_on: Callable[[], bool]) -> int:
    """Keep and move what lies there now; returns how many."""
    uids, done = box.uids("ALL"), 0
    for mail in box.fetch(uid_list=uids, mark_seen=False, headers_only=True, bulk=BATCH) if uids else ():
        if mail.uid and goes_on():
            done += _take(box, connection, mail.uid, mail.size_rfc822)
    return done


def _take(box: BaseMailBox, connection: Connection, uid: str, size: int) -> bool:
    is_large = size > LARGEST
    raw = _bytes_of(box, uid, "BODY.PEEK[HEADER]" if is_large else "BODY.PEEK[]")
    if raw is None:  # somebody took it away meanwhile
        return False
    keep_mail(connection, raw, kind=f"{HEADERS_ONLY} {size}" if is_large else "")
    box.move([uid], refused_folder(connection) if is_large else processed_folder(connection))
    return True


def _bytes_of(box: BaseMailBox, uid: str, part: str) -> bytes | None:
    status, found = box.client.uid("fetch", uid, f"({part})")
    if status != "OK":
        raise UnexpectedCommandStatusError((status, found), "OK")
    return next((one[1] for one in found if isinstance(one, tuple)), None)


def keep_mail(connection: Connection, raw: bytes, *, kind: str = "") -> Arrival:
    """Once for each mail. Programs that give several mails one Message-ID lose none of them."""
    own_id = read_headers(raw).own_id
    arrival, is_new = _keep(connection, own_id, raw, kind)
    if not is_new and bytes(arrival.body) != raw:
        arrival, _is_new = _keep(connection, digest_of(raw), raw, kind)
    return arrival


def _keep(connection: Connection, external_id: str, raw: bytes, kind: str) -> tuple[Arrival, bool]:
    return keep_arrival(channel=CHANNEL, connection=connection, external_id=external_id, body=raw, kind=kind)
