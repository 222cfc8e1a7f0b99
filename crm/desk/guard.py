"""The SOP guard beside the composer: by name, polite, no personal data in public (SOP 4, 6). Blocks only the last."""

import re
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crm.customers import personal_data
from crm.customers.models import Customer
from crm.desk.models import Way

COURTEOUS = re.compile(
    r"\b(halo|hai|selamat (pagi|siang|sore|malam)|terima ?kasih|makasih"
    r"|mohon|maaf|silakan|dear|hello|hi|thank|please|sorry)\b",
    re.IGNORECASE,
)
TITLES = {"bapak", "ibu", "kak", "pak", "bu", "cv", "pt"}


@dataclass(frozen=True)
class Check:
    tone: str
    icon: str
    said: str


def look(text: str, way: str, customer: Customer) -> list[Check]:
    """What the guard thinks of the text so far; nothing to say about notes and empty boxes."""
    if way == Way.NOTE or not text.strip():
        return []
    return [_by_name(text, customer), _polite(text), _private(text, way)]


def _by_name(text: str, customer: Customer) -> Check:
    names = [word for word in customer.name.split() if word.lower().strip(".") not in TITLES]
    if not names:
        return Check("muted", "user", _("Name not known yet"))
    if any(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) for name in names):
        return Check("t-ok", "circle-check", _("By name: %(name)s") % {"name": names[0]})
    return Check("t-risk", "user", _("Address by name: %(name)s") % {"name": names[0]})


def _polite(text: str) -> Check:
    shouting = len(text) > 20 and text.upper() == text
    if COURTEOUS.search(text) and not shouting:
        return Check("t-ok", "circle-check", _("Polite"))
    return Check("t-risk", "mood-smile", _("No capitals only") if shouting else _("Greeting or thanks?"))


def _private(text: str, way: str) -> Check:
    if way == Way.PRIVATE:
        return Check("t-ok", "lock", _("Private, data allowed"))
    if personal_data.find(text):
        return Check("t-risk", "ban", _("Personal data in public"))
    return Check("t-ok", "world", _("No personal data"))


def marked(text: str) -> SafeString:
    """The text with its personal data marked."""
    pieces, at = [], 0
    for found in personal_data.find(text):
        pieces.append(conditional_escape(text[at : found.start]))
        pieces.append(format_html("<mark>{}</mark>", text[found.start : found.end]))
        at = found.end
    pieces.append(conditional_escape(text[at:]))
    return mark_safe("".join(pieces))  # every piece is escaped above


def hidden(text: str) -> str:
    """The text with every digit and letter of its personal data but the last four blotted out."""
    for found in reversed(personal_data.find(text)):
        secret = text[found.start : found.end]
        kept = re.sub(r"\w", "•", secret[:-4]) + secret[-4:]
        text = text[: found.start] + kept + text[found.end :]
    return text
