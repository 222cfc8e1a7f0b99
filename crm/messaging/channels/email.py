"""E-mail, through Django's mail backend: SMTP where a server is named, files on a developer's machine."""

import hashlib
import smtplib
from contextlib import suppress
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.utils import translation
from django.utils.translation import gettext as _

from crm.messaging.channels import Passing, Permanent, SendError, Sent, Uncertain
from crm.messaging.channels.smtp import Unanswered, WatchedBackend
from crm.messaging.models import Message

SUBJECT_MAX = 200


class Email:
    can_public = False
    max_length: int | None = None
    logs_only = False
    repeatable = False

    def send(self, message: Message) -> Sent:
        mail = compose(message)
        connection = _open()
        try:
            mail.connection = connection
            mail.send()
        except Exception as error:
            raise _verdict(error, watched=isinstance(connection, WatchedBackend)) from error
        finally:
            with suppress(Exception):  # the server has the mail: a rude good-bye changes nothing
                connection.close()
        return Sent(mail.extra_headers["Message-ID"])


def compose(message: Message) -> EmailMessage:
    """The mail as it leaves. Raises Permanent when it cannot be written as one."""
    sender = message.account if "@" in message.account else settings.DEFAULT_FROM_EMAIL
    mail = EmailMessage(
        subject=_subject(message),
        body=message.body,
        from_email=sender,
        to=[message.recipient],
        headers={"Message-ID": message_id(message.key, sender), **_thread(message), **_by_machine(message)},
    )
    try:
        mail.message()
        sanitize_address(message.recipient, "utf-8")
    except (BadHeaderError, UnicodeError, ValueError) as error:
        raise Permanent("not a valid address or subject") from error
    return mail


def message_id(key: str, sender: str) -> str:
    """Derived from our key: a second copy of one message can be told by its id."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _subject(message: Message) -> str:
    with translation.override(message.customer.language):
        subject = message.subject or _("Our answer to you")
    return " ".join(subject.split())[:SUBJECT_MAX]


def _thread(message: Message) -> dict[str, str]:
    """Keeps the answer under the customer's own mail, where its id is known (RFC 5322 §3.6.4)."""
    if not message.reply_to:
        return {}
    parent = message.reply_to if message.reply_to.startswith("<") else f"<{message.reply_to}>"
    return {"In-Reply-To": parent, "References": parent}


def _by_machine(message: Message) -> dict[str, str]:
    """RFC 3834: what no person wrote says so, and no robot answers it."""
    by_person = message.author_id is not None if message.interaction is None else message.interaction.by_person
    return {} if by_person else {"Auto-Submitted": "auto-generated"}


def _open() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection(fail_silently=False)
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        # Whatever ails the server or our log-in, it is not this message's fault.
        raise Passing(type(error).__name__) from error
    return connection


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
