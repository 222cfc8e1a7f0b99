"""What mail servers report on a mail of ours: refused for good, or delayed (RFC 3464, and older habits). Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from crm.messaging.mail.bodies import content_of
from crm.messaging.mail.parse import ID, Mail
from crm.messaging.mail.robots import NO_PERSON, has_no_return

STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])(?![\d.])")
LATER = re.compile(
    r"\b(?:delayed|will (?:keep trying|retry|be retried)|still being retried|warning message only)\b", re.I
)
LOOKED_AT = 200_000  # bytes of a report that has no machine-readable part


@dataclass(frozen=True)
class Report:
    """`ids` are the Message-IDs it names, the likeliest first; `status` is '5.1.1', or '5.0.0' when it only says no."""

    is_final: bool
    status: str
    ids: tuple[str, ...]


def report_of(mail: Mail) -> Report | None:
    """None for what is no report on a delivery."""
    by_server = _is_from_a_server(mail)
    if not by_server and mail.message.get_content_type() != "multipart/report":
        return None  # a person who sends us the report that they got
    facts = next(_facts(mail.message), None)
    if facts is not None:
        return _by_facts(mail, facts)
    return _by_words(mail) if by_server else None


def _is_from_a_server(mail: Mail) -> bool:
    if mail.message.get_param("report-type") == "disposition-notification":
        return False
    return bool(
        mail.value("x-failed-recipients") or NO_PERSON.match(mail.sender[1])
        or (has_no_return(mail) and mail.message.get_content_type() == "multipart/report")
    )  # fmt: skip


def _facts(message: Message) -> Iterator[Message]:
    """The part for machines: groups of fields, the first on the report, one more for each recipient."""
    for part in message.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            yield part


def _by_facts(mail: Mail, part: Message) -> Report | None:
    groups = _inside(part) or _fields_in(content_of(part))
    actions = [str(group.get("Action") or "").strip().lower() for group in groups]
    statuses = [found[0] for group in groups if (found := STATUS.search(str(group.get("Status") or "")))]
    if not any(actions) and not statuses:
        return None
    refused = [status for status in statuses if status.startswith("5")]
    if "failed" in actions:
        return Report(True, next(iter(refused or statuses), "5.0.0"), _ids(mail))
    if "delayed" in actions or any(status.startswith("4") for status in statuses):
        return Report(False, next(iter(statuses), "4.0.0"), _ids(mail))
    is_final = bool(refused) and not any(actions)
    return Report(is_final, next(iter(refused or statuses), "2.0.0"), _ids(mail))


def _fields_in(content: bytes) -> list[Message]:
    """The same groups from a part that the server encoded, which Python's parser leaves whole."""
    return [message_from_bytes(block) for block in re.split(rb"\r?\n\r?\n", content) if block.strip()]


def _by_words(mail: Mail) -> Report | None:
    """A report for people alone: the codes stand somewhere in it."""
    said = mail.text or mail.raw[:LOOKED_AT].decode("latin-1")
    status = STATUS.search(said)
    code = REPLY_CODE.search(said)
    is_final = bool(
        (status and status[1] == "5") or (not status and code and code[1] == "5") or mail.value("x-failed-recipients")
    ) and not LATER.search(said)
    named = status[0] if status else f"{code[1]}.0.0" if code else "5.0.0" if is_final else "4.0.0"
    ids = _ids(mail)
    return Report(is_final, named, ids) if ids else None


def _ids(mail: Mail) -> tuple[str, ...]:
    """From the returned mail or its headers, then from wherever else an id is named."""
    found: list[str] = []
    for part in mail.message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            found += [one for inner in _inside(part) for one in ID.findall(str(inner.get("Message-ID") or ""))]
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            found += ID.findall(str(message_from_bytes(content_of(part)).get("Message-ID") or ""))
    named = ID.findall(mail.raw[:LOOKED_AT].decode("latin-1"))
    return tuple(dict.fromkeys([*found, *mail.answered_ids, *(one for one in named if "@" in one)]))[:100]


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
