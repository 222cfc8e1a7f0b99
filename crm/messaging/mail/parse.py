"""A mail's bytes as the parts we work with. Whatever the bytes are, this gives an answer and never raises. Pure."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from functools import cached_property

from crm.messaging.mail.bodies import File, body_of, files_of
from crm.messaging.mail.decode import header_text

ID = re.compile(r"<[!-;=?-~]{3,250}>")
WORD = r"[^\s<>\"(),:;@\x00-\x1f\x7f\ud800-\udfff]+"
ADDRESS = re.compile(f"{WORD}@{WORD}")
# A chain of answers may name hundreds; the nearest ones lead to the case.
MOST_IDS = 60
LONGEST_VALUE = 20_000
LONGEST_ADDRESS = 1_000
NO_REPLY = re.compile(r"^(?:no|do-?not)[-_.]?reply\b", re.IGNORECASE)
UNREAD_FOR = dt.timedelta(days=30)  # as long as a mailbox may have waited for us


@dataclass
class Mail:
    """One mail. `text` and `html` (made safe) are whole, with what it quotes; `files` are what came along."""

    message: Message
    raw: bytes
    text: str = ""
    html: str = ""
    files: list[File] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """A header's values as they were sent, the nearest to us first."""
        return [str(v)[:LONGEST_VALUE] for n, v in self.message.raw_items() if n.lower() == name.lower()]

    def value(self, name: str) -> str:
        return next(iter(self.values(name)), "").strip()

    @cached_property
    def sender(self) -> tuple[str, str]:
        """(name, address) of whoever wrote. A form that writes as no-reply says in Reply-To for whom."""
        people = _people([*self.values("from"), *self.values("sender"), *self.values("return-path")])
        name, address = people[0] if people else ("", "")
        if NO_REPLY.match(address) and self.reply_to:
            return _people(self.values("reply-to"))[0]
        return name, address

    @cached_property
    def reply_to(self) -> str:
        """Where an answer is asked to go; empty when nothing is said."""
        return next((address for _name, address in _people(self.values("reply-to"))), "")

    @cached_property
    def subject(self) -> str:
        return header_text(self.value("subject"))

    @cached_property
    def message_id(self) -> str:
        """With its angle brackets; empty when there is none that can be told again."""
        value = self.value("message-id")
        found = ID.search(value) or ID.fullmatch(f"<{value}>")
        return found[0] if found else ""

    @cached_property
    def own_id(self) -> str:
        """What this mail is called: its Message-ID, else a digest of its bytes."""
        return self.message_id or self.digest

    @cached_property
    def digest(self) -> str:
        return digest_of(self.raw)

    @cached_property
    def answered_ids(self) -> list[str]:
        """The mails that this one says it answers, the nearest first."""
        nearest = [one for value in self.values("in-reply-to") for one in ID.findall(value)]
        chain = [one for value in self.values("references") for one in ID.findall(value)]
        return list(dict.fromkeys([*nearest, *reversed(chain)]))[:MOST_IDS]

    def received_at(self, came_at: dt.datetime) -> dt.datetime:
        """When it reached our server, else us: clocks run from here. The sender's own Date, which a wrong time zone
        sets hours back and anybody may forge, starts none."""
        received = _date(self.value("received").rpartition(";")[2])
        return received if received and came_at - UNREAD_FOR <= received <= came_at else came_at


def read_mail(raw: bytes) -> Mail:
    message = message_from_bytes(raw)
    text, html = body_of(message)
    return Mail(message=message, raw=raw, text=text, html=html, files=files_of(message))


def read_headers(raw: bytes) -> Mail:
    """Without looking at the parts, which may nest deeper than any stack: the mailbox must get past every mail."""
    return Mail(message=BytesParser().parsebytes(raw, headersonly=True), raw=raw)


def digest_of(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def _people(values: list[str]) -> list[tuple[str, str]]:
    """(name, address) of everybody named, in order; what holds no address is left out."""
    found = []
    for value in values:
        for name, address in getaddresses([value]):
            plain = ADDRESS.fullmatch(address.strip().strip("<>"))
            if plain:
                found.append((_name(name, plain[0]), plain[0]))
        if not found and (inside := ADDRESS.search(header_text(value)[:LONGEST_ADDRESS])):
            found.append(("", inside[0]))
    return found


def _name(raw: str, address: str) -> str:
    name = header_text(raw).strip("\"' ")
    return "" if name.lower() == address.lower() else name[:160]


def _date(value: str) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(" ".join(value.split()))
        return (date if date.tzinfo else date.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
