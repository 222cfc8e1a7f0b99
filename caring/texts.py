"""What a stage says: its texts by language, and the fields in braces that each of them may name.

A text that names a field nobody can fill would reach people with braces in it: it is refused when it is saved.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from caring.errors import BadText
from caring.lists import check_lists

LANGUAGES = ("id", "en")
PARTS = ("name", "purpose", "subject", "message", "script", "tips")
PREPAID = "prepaid"
LONGEST = {"name": 80, "purpose": 400, "subject": 120, "message": 2_000, "script": 8_000, "tips": 4_000}
NEEDED = ("name", "purpose")

ALWAYS = ("honorific", "name", "number", "product", "operator", "help")
SPOKEN = "agent"  # there is one only where somebody speaks
KNOWN = {
    "date": (2, 3, 5, 9, 12, 13, 14, 16),
    "amount": (2, 7, 8, 11, 12, 13),
    "due": (7, 8, 11),
    "case": (9, 10, 17, 18, 19, 20),
    "change": (4,),
    "years": (24,),
    "points": (24,),
    "visit": (23,),
}
BRACES = re.compile(r"\{([^{}]*)\}")


def fields_for(stage: int, part: str = "script") -> tuple[str, ...]:
    """What a text of this stage may name, without braces."""
    own = tuple(name for name, stages in KNOWN.items() if stage in stages)
    return ALWAYS + ((SPOKEN,) if part == "script" else ()) + own


def check_text(stage: int, part: str, text: str, *, field: str = "") -> None:
    """Raises BadText, naming what is wrong. `field`: what the form calls the text."""
    if len(text) > LONGEST.get(part, LONGEST["script"]):
        raise BadText(field, _("At most %(most)s letters.") % {"most": LONGEST.get(part, LONGEST["script"])})
    allowed = fields_for(stage, part)
    for named in BRACES.findall(text):
        if named not in allowed:
            raise BadText(field, _refusal(stage, part, named), named)
    if set(BRACES.sub("", text)) & set("{}"):
        raise BadText(field, _("A brace stands alone. Fields look like {name}."))


def _refusal(stage: int, part: str, named: str) -> str:
    said = {"field": f"{{{named}}}", "stage": stage}
    if named == SPOKEN:
        return _("%(field)s is known in the script alone: nobody speaks here.") % said
    if named in KNOWN:
        return _("%(field)s is not known in stage %(stage)s.") % said
    known = ", ".join(f"{{{name}}}" for name in fields_for(stage, part))
    return _("There is no field %(field)s. Those that can be filled here: %(known)s.") % (said | {"known": known})


def check_texts(stage: int, texts: dict[str, Any]) -> None:
    """All that a stage says. Raises BadText for the first that cannot be kept."""
    for language in LANGUAGES:
        said = texts.get(language) or {}
        for part in NEEDED:
            if not str(said.get(part) or "").strip():
                raise BadText(f"{language}-{part}", _("Write this in both languages."))
        for part, text in _parts(said):
            check_text(stage, part, text, field=f"{language}-{part}")
        for part, text in _parts(said.get(PREPAID) or {}):
            check_text(stage, part, text, field=f"{language}-{PREPAID}-{part}")
    check_lists(stage, texts, LANGUAGES)


def _parts(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for part in PARTS:
        if said.get(part):
            yield part, as_text(said[part])


def as_text(value: Any) -> str:
    """A list reads as lines."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def like(kept: Any, text: str) -> Any:
    """What was typed, in the shape that the text had before: lines where it was a list."""
    return [line.strip() for line in text.split("\n") if line.strip()] if isinstance(kept, list) else text
