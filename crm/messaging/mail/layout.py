"""HTML of strangers, made safe; text of it; and text as HTML. Pure.

Nothing of it may run, load, be filled in or look like a part of our page. Pictures stand among the attachments; in the
layout their names remain.
"""

from html import escape
from html.parser import HTMLParser

import nh3

TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol",
    "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
CELL = {"align", "valign", "colspan", "rowspan", "width"}
ATTRIBUTES = {
    "*": {"dir", "lang"}, "a": {"href", "title"}, "img": {"alt"}, "td": CELL, "th": CELL, "ol": {"start"},
    "table": {"align", "border", "cellpadding", "cellspacing", "width"},
}  # fmt: skip
# What stands in these is no text of the mail.
DROPPED = {"script", "style", "title", "head", "template", "iframe", "object", "svg", "math", "noscript", "select"}
SCHEMES = {"http", "https", "mailto", "tel"}
DEEPEST_QUOTE = 20  # a mail may nest them by the thousand
LONGEST = 500_000  # letters; the bytes as they came stay in the mailbox


def safe_html(html: str) -> str:
    """Only what lays out and links; links tell the other side nothing of us."""
    return nh3.clean(
        html[:LONGEST], tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, clean_content_tags=DROPPED,
        link_rel="noopener noreferrer nofollow", set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()  # fmt: skip


def html_of_text(text: str) -> str:
    return f"<pre>{escape(text, quote=False)}</pre>" if text.strip() else ""


def text_of_html(html: str) -> str:
    """The words, with quotations marked by '>', as a text part would have them."""
    reader = _Reader()
    reader.feed(safe_html(html))
    reader.close()
    return reader.text()


BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "center", "blockquote", "hr",
}  # fmt: skip
LINES = {"li", "tr", "br", "dt", "dd", "caption"}
SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre"}


class _Reader(HTMLParser):
    """Fed with safe HTML only: its tags are closed and known."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._quotes = self._kept = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in BLOCKS | LINES:
            self._end_line(force=tag == "br")
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._kept += 1
        elif tag == "li":
            self._line = "• "
        elif tag == "td" and self._line:
            self._line += "  "
        elif tag == "a":
            self._links.append((said.get("href") or "", len(self._line)))
        elif tag == "img" and said.get("alt"):
            self._line += f"[{said['alt']}]"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._end_link(*self._links.pop())
        if tag in BLOCKS | LINES - {"br"}:
            self._end_line()
        if tag == "blockquote":
            self._drop_blank_end()
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._kept = max(0, self._kept - 1)
        if tag in SPACED and self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._prefix().rstrip())

    def handle_data(self, data: str) -> None:
        if self._kept:
            first, *others = data.split("\n")
            self._line += first
            for line in others:
                self._end_line(force=True)
                self._line = line
        else:
            words = " ".join(data.split())
            before = " " if data[:1].isspace() and self._line and not self._line.endswith(" ") else ""
            after = " " if words and data[-1:].isspace() else ""
            self._line += before + words + after

    def _end_link(self, address: str, start: int) -> None:
        words = self._line[start:].strip()
        shown = words.lower().removeprefix("https://").removeprefix("http://").rstrip("/")
        if address.startswith("http") and shown and shown not in address.lower():
            self._line = f"{self._line.rstrip()} <{address}>"

    def _end_line(self, *, force: bool = False) -> None:
        if self._line.strip() or force:
            self._lines.append((self._prefix() + self._line).rstrip())
        self._line = ""

    def _drop_blank_end(self) -> None:
        while self._lines and not self._lines[-1].strip("> "):
            self._lines.pop()

    def _prefix(self) -> str:
        return "> " * min(self._quotes, DEEPEST_QUOTE)

    def text(self) -> str:
        self._end_line()
        self._drop_blank_end()
        kept: list[str] = []
        for line in self._lines:
            if line.strip("> ") or (kept and kept[-1].strip("> ")):
                kept.append(line)
        return "\n".join(kept).strip()
