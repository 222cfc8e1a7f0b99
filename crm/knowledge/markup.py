"""The little mark-up of articles: `## heading`, `- point`, `1. step`, `**strong**`, paragraphs. Pure; escapes all."""

import re
from itertools import groupby

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

STRONG = re.compile(r"\*\*(.+?)\*\*")
MARKS = re.compile(r"^(?:##? |- |\d{1,2}\. )|\*\*", re.MULTILINE)
POINT, STEP, HEADING = re.compile(r"- (.*)"), re.compile(r"\d{1,2}\. (.*)"), re.compile(r"##? (.*)")


def shown(text: str) -> SafeString:
    """As HTML."""
    blocks = re.split(r"\n\s*\n", text.replace("\r", "").strip())
    return mark_safe("".join(piece for block in blocks for piece in _block(block)))  # every piece is escaped below


def _block(block: str) -> list[str]:
    """Lines of one kind together: a list, a heading, or a paragraph."""
    return [_piece(kind, list(lines)) for kind, lines in groupby(block.splitlines(), _kind)]


def _kind(line: str) -> str:
    if HEADING.fullmatch(line):
        return "h3"
    if POINT.fullmatch(line):
        return "ul"
    return "ol" if STEP.fullmatch(line) else "p"


def _piece(kind: str, lines: list[str]) -> str:
    if kind == "p":
        return format_html("<p>{}</p>", mark_safe("<br>".join(_inline(line) for line in lines)))
    if kind == "h3":
        return "".join(format_html("<h3>{}</h3>", _inline(HEADING.fullmatch(line)[1])) for line in lines)  # type: ignore[index]
    pattern = POINT if kind == "ul" else STEP
    items = "".join(format_html("<li>{}</li>", _inline(pattern.fullmatch(line)[1])) for line in lines)  # type: ignore[index]
    return f"<{kind}>{items}</{kind}>"


def _inline(text: str) -> SafeString:
    return mark_safe(STRONG.sub(r"<b>\1</b>", conditional_escape(text)))


def plain(text: str) -> str:
    """Without its marks: for a snippet, and for a channel that knows none."""
    return re.sub(r"\n{3,}", "\n\n", MARKS.sub("", text.replace("\r", ""))).strip()


def sendable(text: str) -> str:
    """For a customer: lists stay readable, headings and bold lose their marks."""
    return re.sub(r"^##? ", "", text.replace("\r", "").replace("**", ""), flags=re.MULTILINE).strip()
