"""A real SMTP server on loopback that takes, refuses, hangs up or falls silent as told."""

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import free_port


class MailServer:
    """`mails` is what arrived whole, whatever was answered. While `go_on` is clear it says nothing."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipient_reply = "250 OK"
        self.data_reply = "250 OK"
        self.hangs_up_at = ""
        self.is_silent = False
        self.arrived = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.hangs_up_at == "RCPT":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return self.recipient_reply

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        if self.data_reply.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.hangs_up_at == "DATA":
            server.transport.abort()
        self.arrived.set()
        await asyncio.to_thread(self.go_on.wait)
        if self.is_silent:
            await asyncio.Event().wait()
        return self.data_reply


class Post(Controller):
    """Start with `with`; the port is chosen anew each time."""

    def __init__(self, server: MailServer, port: int = 0) -> None:
        super().__init__(server, hostname="127.0.0.1", port=port or free_port())

    def __enter__(self) -> "Post":
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.handler.go_on.set()
        self.stop()


def recipients(server: MailServer) -> list[str]:
    return sorted(str(mail["To"]) for mail in server.mails)
