"""Mail as it leaves: who it is from, what it answers, what came along."""

import hashlib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.message import sanitize_address
from django.utils import translation
from django.utils.translation import gettext as _

from crm.messaging.channels import Permanent
from crm.messaging.models import Connection, Message

SUBJECT_MAX = 200
# RFC 5322 lets a long chain lose its middle; the first mail and the newest ones are what programs thread by.
CHAIN_MAX = 20


def sender_of(account: str) -> str:
    """The From of our account: its mailbox, else the first mailbox there is, else the one of the settings."""
    here = Connection.objects.of("email")
    mailbox = (account and here.filter(account__iexact=account).first()) or here.first()
    if mailbox:
        return formataddr((mailbox.name, mailbox.account))
    return account if "@" in account else settings.DEFAULT_FROM_EMAIL


def message_id(key: str, sender: str) -> str:
    """Derived from our key: a second copy of one message can be told by its id."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def compose(message: Message) -> EmailMessage:
    """Raises Permanent when it cannot be written as a mail."""
    sender = sender_of(message.account)
    mailbox = parseaddr(sender)[1]
    mail = EmailMessage(
        subject=_subject(message),
        body=message.body,
        from_email=sender,
        to=[message.recipient],
        reply_to=[mailbox],
        headers={
            "Message-ID": message.external_id or message_id(message.key, sender),
            "X-Loop": mailbox,
            **_thread(message),
            **_by_machine(message),
        },
    )
    _attach(mail, message)
    try:
        mail.message()
        sanitize_address(message.recipient, "utf-8")
    except (BadHeaderError, UnicodeError, ValueError) as error:
        raise Permanent("not a valid address or subject") from error
    return mail


def try_out_mail(connection: Connection, *, recipient: str, text: str, key: str) -> EmailMessage:
    """A test that no case knows of, and that no robot answers."""
    sender = formataddr((connection.name, connection.account))
    headers = {"Message-ID": message_id(key, sender), "X-Loop": connection.account, **MACHINE}
    return EmailMessage(_("A test"), text, sender, [recipient], headers=headers)


def _subject(message: Message) -> str:
    with translation.override(message.customer.language):
        subject = message.subject or _("Our answer to you")
    return " ".join(subject.split())[:SUBJECT_MAX]


def _thread(message: Message) -> dict[str, str]:
    """Keeps the answer under the customer's own mail, where its id is known (RFC 5322 §3.6.4)."""
    parent = _as_id(message.reply_to)
    if not parent:
        return {}
    chain = [one for one in map(_as_id, message.references.split()) if one and one != parent]
    return {"In-Reply-To": parent, "References": " ".join([*chain[:1], *chain[1:][2 - CHAIN_MAX :], parent])}


def _as_id(name: str) -> str:
    """'<q1@example.com>'; empty for what is no Message-ID: a mail that had none is known by a digest."""
    bare = name.strip().removeprefix("<").removesuffix(">")
    return f"<{bare}>" if bare and not bare.startswith("sha256:") else ""


MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def _by_machine(message: Message) -> dict[str, str]:
    """RFC 3834: what no person wrote says so, and no robot answers it."""
    by_person = message.author_id is not None if message.interaction is None else message.interaction.by_person
    return {} if by_person else MACHINE


def _attach(mail: EmailMessage, message: Message) -> None:
    if message.interaction is None:
        return
    for one in message.interaction.attachments.servable():
        try:
            with one.file.open() as file:
                mail.attach(one.name, file.read(), one.content_type)
        except OSError as error:
            raise Permanent("attachment is missing") from error
