"""A mail's parts: the words and the layout that belong together, and the files that came along. Pure."""

import mimetypes
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from typing import NamedTuple

from crm.messaging.mail.decode import header_text, text_of
from crm.messaging.mail.layout import html_of_text, safe_html, text_of_html

MOST_FILES = 50
DEEPEST = 20  # parts in parts; nobody's mail program goes there


class File(NamedTuple):
    name: str
    content: bytes
    content_id: str = ""


class Body(NamedTuple):
    """The same words twice: as text and, where somebody laid them out, as safe HTML."""

    text: str = ""
    html: str = ""


def body_of(part: Message, depth: int = 0) -> Body:
    if depth > DEEPEST or is_file(part):
        return Body()
    if part.is_multipart():
        bodies = [body_of(one, depth + 1) for one in _inside(part)]
        return _either(bodies) if part.get_content_subtype() == "alternative" else _all(bodies)
    text = text_of(content_of(part), _charset(part))
    if part.get_content_subtype() == "html":
        return Body(text_of_html(text), safe_html(text))
    return Body(text.strip("\n"))


def _either(bodies: list[Body]) -> Body:
    """One content in several forms: the plain one for reading, the last and richest for looking at."""
    plain = next((body.text for body in bodies if body.text.strip() and not body.html), "")
    laid_out = next((body for body in reversed(bodies) if body.html), Body())
    return Body(plain or laid_out.text, laid_out.html)


def _all(bodies: list[Body]) -> Body:
    """Parts that follow each other."""
    text = "\n\n".join(body.text for body in bodies if body.text.strip())
    if not any(body.html for body in bodies):
        return Body(text)
    return Body(text, "\n".join(filter(None, (body.html or html_of_text(body.text) for body in bodies))))


def files_of(message: Message) -> list[File]:
    files = []
    for part in _file_parts(message, 0):
        files.append(_forwarded(part) if part.get_content_maintype() == "message" else _file(part))
        if len(files) == MOST_FILES:
            break
    return files


def _file_parts(part: Message, depth: int) -> Iterator[Message]:
    """Also those inside a forwarded mail, after it."""
    if is_file(part):
        yield part
    if part.is_multipart() and depth < DEEPEST:
        for one in _inside(part):
            yield from _file_parts(one, depth + 1)


def is_file(part: Message) -> bool:
    """Everything that is no text to be read with the mail."""
    if part.get_content_maintype() == "multipart":
        return False
    is_words = part.get_content_type() in ("text/plain", "text/html")
    return not is_words or part.get_content_disposition() == "attachment" or bool(_filename(part))


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _file(part: Message) -> File:
    content_id = header_text(str(part.get("Content-ID") or "")).strip("<> ")
    name = _filename(part) or "part" + (mimetypes.guess_extension(part.get_content_type()) or "")
    return File(name, content_of(part), content_id[:255])


def _forwarded(part: Message) -> File:
    """A mail in the mail, as text that can be opened; a report's machine-readable part likewise."""
    inner = next(iter(_inside(part)), None)
    if inner is None:
        return File("message.txt", content_of(part))
    headers = {name: header_text(str(inner.get(name) or "")) for name in ("From", "To", "Date", "Subject")}
    head = "\n".join(f"{name}: {value}" for name, value in headers.items() if value)
    subject = headers["Subject"].replace("/", " ").strip()[:100] or "message"
    return File(f"{subject}.txt", f"{head}\n\n{body_of(inner).text}\n".encode())


def content_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except (MessageError, ValueError, LookupError):
        return ""


def _filename(part: Message) -> str:
    try:
        return header_text(str(part.get_filename() or ""))
    except (MessageError, ValueError, LookupError, TypeError):
        return ""
