"""The SOP guard beside the composer: what it looks at, in which order; and personal data marked or blotted out."""

from collections.abc import Callable

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from crm.customers import personal_data
from crm.desk import sop
from crm.desk.models import Way
from crm.desk.sop import Check, Written

# One function each; None: nothing to say.
CHECKS: list[Callable[[Written], Check | None]] = [
    sop.filled_in, sop.by_name, sop.polite, sop.private, sop.question, sop.length, sop.window,
]  # fmt: skip


def look(written: Written) -> list[Check]:
    """What the guard thinks of the text so far; nothing to say about notes and empty boxes."""
    if written.way == Way.NOTE or not written.text.strip():
        return []
    return [found for check in CHECKS if (found := check(written)) is not None]


def marked(text: str) -> SafeString:
    """The text with its personal data marked."""
    pieces, at = [], 0
    for found in personal_data.find(text):
        pieces.append(conditional_escape(text[at : found.start]))
        pieces.append(format_html("<mark>{}</mark>", text[found.start : found.end]))
        at = found.end
    pieces.append(conditional_escape(text[at:]))
    return mark_safe("".join(pieces))  # every piece is escaped above
