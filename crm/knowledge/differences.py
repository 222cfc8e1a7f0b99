"""What one version says otherwise than another, line by line. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.knowledge.models import Version

TEXTS = ("title_id", "title_en", "body_id", "body_en", "answer_id", "answer_en", "steps_id", "steps_en")
LISTS = ("products", "regions", "categories")


@dataclass(frozen=True)
class Line:
    sign: str  # "+", "-" or " "
    text: str


@dataclass(frozen=True)
class Difference:
    name: str | Promise
    lines: list[Line]


def differences(before: Version | None, after: Version) -> list[Difference]:
    """Only the fields that differ."""
    found = []
    for name in (*TEXTS, *LISTS, "valid_until", "is_public"):
        old, new = (_as_text(one, name) for one in (before, after))
        if old != new:
            label = Version._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            found.append(Difference(label, lines(old, new)))
    return found


def _as_text(version: Version | None, name: str) -> str:
    value = getattr(version, name) if version is not None else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, list) else str(value or "").replace("\r", "")


def lines(before: str, after: str) -> list[Line]:
    """What went, what came, and one line of what stayed around them."""
    old, new = before.splitlines(), after.splitlines()
    shown: list[Line] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
        for tag, a, b, c, d in group:
            if tag == "equal":
                shown += [Line(" ", text) for text in old[a:b]]
            else:
                shown += [Line("-", text) for text in old[a:b]] + [Line("+", text) for text in new[c:d]]
    return shown
