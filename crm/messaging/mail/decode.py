"""Bytes of a mail as text, whatever the sender's program claims about them. Never raises. Pure."""

import codecs
from email.errors import MessageError
from email.header import decode_header

from charset_normalizer import from_bytes

# Names that programs write and Python does not know, or that mean more than they say.
KNOWN_AS = {
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "ansi": "cp1252",
    "iso-8859-8-i": "iso-8859-8", "gb2312": "gb18030", "utf8mb4": "utf-8", "utf-8-sig": "utf-8", "cp-850": "cp850",
}  # fmt: skip
# Python counts these among the encodings of text; no mail is written in one.
NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
ENOUGH = 4000  # bytes that tell a charset by themselves …
TELLING = 24  # … if so many of them are not ASCII; with fewer every guess is wild


def text_of(content: bytes, charset: str = "") -> str:
    """By the charset that is named, else UTF-8, else the likeliest; what stays undecodable becomes U+FFFD."""
    for name in (charset.strip().lower(), "utf-8"):
        codec = _codec(name)
        if codec is not None:
            try:
                return clean(codec.decode(content)[0])
            except (UnicodeError, ValueError):
                continue
    return clean(content.decode(_likeliest(content), "replace"))


def _codec(name: str) -> codecs.CodecInfo | None:
    try:
        codec = codecs.lookup(KNOWN_AS.get(name, name))
    except (LookupError, ValueError):
        return None
    is_charset = getattr(codec, "_is_text_encoding", True) and codec.name.replace("-", "_") not in NO_CHARSETS
    return codec if is_charset else None


def _likeliest(content: bytes) -> str:
    if sum(byte > 127 for byte in content[:ENOUGH]) < TELLING:
        return "cp1252"
    best = from_bytes(content[:ENOUGH]).best()
    return best.encoding if best is not None and best.encoding != "ascii" else "cp1252"


def clean(text: str) -> str:
    """Without what PostgreSQL or a page cannot hold: NUL, halves of pairs; one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode() if any("\ud800" <= letter <= "\udfff" for letter in text) else text


def header_text(raw: str) -> str:
    """A header's value in letters: encoded words (RFC 2047), or bytes that nobody encoded; on one line."""
    try:
        parts = decode_header(_repaired(raw))
    except (MessageError, ValueError):
        parts = [(_repaired(raw), None)]
    words = (text_of(part, charset or "") if isinstance(part, bytes) else clean(part) for part, charset in parts)
    return " ".join("".join(words).split())


def _repaired(raw: str) -> str:
    """Bytes beyond ASCII, which Python's parser keeps as halves of pairs, as the letters that they are."""
    if raw.isascii():
        return raw
    return text_of(raw.encode("utf-8", "surrogateescape"))
