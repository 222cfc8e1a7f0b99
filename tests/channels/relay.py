"""The outside world's mail server: takes what is sent to it over SMTP and puts it into the mailbox it is for (LMTP)."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.channels.dovecot import Dovecot
from tests.processes import free_port


class Relay:
    """`stop` and `start` again on the same port. Recipients in `unknown` are refused as they are named (550)."""

    def __init__(self, mailboxes: Dovecot) -> None:
        self.mailboxes, self.port = mailboxes, free_port()
        self.unknown: set[str] = set()
        self._controller: Controller | None = None

    def start(self, *, encrypted: bool = False) -> None:
        context = self.mailboxes.tls() if encrypted else None
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ssl_context=context)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.unknown:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.put(envelope.content or b"", envelope.mail_from or "", envelope.rcpt_tos)
        return "250 OK"

    def put(self, mail: bytes | str, sender: str, recipients: list[str]) -> None:
        with smtplib.LMTP("127.0.0.1", self.mailboxes.lmtp) as lmtp:
            lmtp.sendmail(sender, recipients, mail)

    def post(self, mail: EmailMessage, *, sender: str | None = None) -> None:
        """Somebody out there writes; `sender` is the envelope's, empty for a machine's report."""
        with smtplib.SMTP("127.0.0.1", self.port) as smtp:
            smtp.send_message(mail, from_addr=mail["From"] if sender is None else sender)


@contextmanager
def relay(mailboxes: Dovecot) -> Iterator[Relay]:
    server = Relay(mailboxes)
    server.start()
    try:
        yield server
    finally:
        server.stop()
