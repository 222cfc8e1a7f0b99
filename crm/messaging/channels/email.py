"""E-mail: out over SMTP (each mailbox its own server, else the settings'), in over IMAP (crm/messaging/mail).

Without any server mails are files on a developer's machine.
"""

import smtplib
import uuid
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy as _

from crm.lib.sealed import Unreadable
from crm.messaging.channels import Adapter, Field, Passing, Permanent, SendError, Sent, Uncertain, connection_of
from crm.messaging.channels.smtp import Unanswered, WatchedBackend
from crm.messaging.mail.compose import compose, message_id, sender_of, try_out_mail
from crm.messaging.mail.mailbox import FAULTS, STARTTLS_PORTS, open_mailbox
from crm.messaging.models import Connection, Message

TIMEOUT = 10


class Email(Adapter):
    can_attach = True
    marks_subject = True
    fields = (
        Field("imap_host", _("IMAP server"), required=False, help=_("Empty: this address only sends.")),
        Field("imap_port", _("IMAP port"), kind="number", default=993),
        Field("imap_tls", _("IMAP encrypted"), kind="flag", required=False, default=True),
        Field("imap_user", _("IMAP user name"), required=False, help=_("Empty: the address itself.")),
        Field("imap_password", _("IMAP password"), kind="secret", required=False),
        Field("folder", _("Folder of new mail"), default="INBOX"),
        Field(
            "processed_folder", _("Folder of mail taken in"), default="Processed",
            help=_("Made when it is missing. Some servers want INBOX.Processed."),
        ),
        Field(
            "refused_folder", _("Folder of mail too large to take in"), default="Refused",
            help=_("Made when it is missing."),
        ),
        Field("smtp_host", _("SMTP server"), required=False, help=_("Empty: the server of this installation.")),
        Field("smtp_port", _("SMTP port"), kind="number", default=587),
        Field("smtp_tls", _("SMTP encrypted"), kind="flag", required=False, default=True),
        Field("smtp_user", _("SMTP user name"), required=False, help=_("Empty: the server asks for none.")),
        Field("smtp_password", _("SMTP password"), kind="secret", required=False),
    )  # fmt: skip

    def own_id(self, *, key: str, account: str) -> str:
        return message_id(key, sender_of(account))

    def send(self, message: Message) -> Sent:
        mail = compose(message)
        _send(mail, _server(connection_of(message)))
        return Sent(mail.extra_headers["Message-ID"])

    def check(self, connection: Connection) -> None:
        if connection.option("imap_host"):
            try:
                with open_mailbox(connection):
                    pass
            except FAULTS as error:
                raise Passing(f"{type(error).__name__} (IMAP)") from error
        server = _server(connection)
        _open(server)
        server.close()

    def try_out(self, connection: Connection, *, recipient: str, text: str) -> Sent:
        mail = try_out_mail(connection, recipient=recipient, text=text, key=uuid.uuid4().hex)
        _send(mail, _server(connection))
        return Sent(mail.extra_headers["Message-ID"])


def _server(connection: Connection | None) -> BaseEmailBackend:
    """The mailbox's own server where it names one."""
    if connection is None or not connection.option("smtp_host"):
        server: BaseEmailBackend = get_connection(fail_silently=False)
        return server
    try:
        password = connection.secrets.get("smtp_password", "")
    except Unreadable as error:
        raise Passing("Unreadable") from error
    port, is_encrypted = int(connection.option("smtp_port", 587)), bool(connection.option("smtp_tls", True))
    starts_in_clear = port in STARTTLS_PORTS
    return WatchedBackend(
        host=str(connection.option("smtp_host")), port=port, username=str(connection.option("smtp_user")),
        password=password, use_tls=is_encrypted and starts_in_clear, use_ssl=is_encrypted and not starts_in_clear,
        timeout=TIMEOUT,
    )  # fmt: skip


def _send(mail: EmailMessage, server: BaseEmailBackend) -> None:
    _open(server)
    try:
        mail.connection = server
        mail.send()
    except Exception as error:
        raise _verdict(error, watched=isinstance(server, WatchedBackend)) from error
    finally:
        with suppress(Exception):  # the server has the mail: a rude good-bye changes nothing
            server.close()


def _open(server: BaseEmailBackend) -> None:
    try:
        server.open()
    except (smtplib.SMTPException, OSError) as error:
        # Whatever ails the server or our log-in, it is not this message's fault.
        raise Passing(type(error).__name__) from error


def _verdict(error: Exception, *, watched: bool) -> SendError:
    """Which of our three answers a refusal, or a silence, means."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(min(code for code, _text in error.recipients.values()), "recipient refused")
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, name)
    if isinstance(error, (smtplib.SMTPNotSupportedError, UnicodeError)):
        return Permanent(name)
    broke_before_the_text = watched and isinstance(error, smtplib.SMTPServerDisconnected)
    if broke_before_the_text and not isinstance(error, Unanswered):
        return Passing(name)
    return Uncertain(name)


def _by_code(code: int, what: str) -> SendError:
    """RFC 5321 §4.2.1: 4yz may work later, 5yz never will. Texts stay out: they quote the address."""
    return Permanent(f"{what} ({code})") if code >= 500 else Passing(f"{what} ({code})")
