"""What is chosen from: reasons for leaving, offers, questions of a score. Each has a key that stays."""

import re
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.errors import BadText

NAMES: dict[str, Promise] = {
    "questions": gettext_lazy("Questions"),
    "reasons": gettext_lazy("Reasons to choose from"),
    "offers": gettext_lazy("Offers"),
}
STAGES = {"questions": (19,), "reasons": (16,), "offers": (14, 16)}
MOST, LONGEST, LONGEST_HINT, LONGEST_KEY = 12, 200, 300, 20
KEY = re.compile(rf"[a-z0-9_]{{1,{LONGEST_KEY}}}\Z")


def lists_of(stage: int) -> list[str]:
    return [part for part, stages in STAGES.items() if stage in stages]


def as_lines(value: Any) -> str:
    """A list as it is compared and shown."""
    return "\n".join(f"{one['text']} ({one['hint']})" if one.get("hint") else one["text"] for one in value or [])


def check_lists(stage: int, texts: dict[str, Any], languages: tuple[str, ...]) -> None:
    """Raises BadText where a list of this stage has nothing left, or is not the same in both languages."""
    for part in lists_of(stage):
        found = [texts.get(language, {}).get(part, []) for language in languages]
        keys = [[one["key"] for one in rows] for rows in found]
        if not keys[0] or len(keys[0]) > MOST:
            raise BadText(f"{part}-0-{languages[0]}", _("From one to %(most)s of them.") % {"most": MOST})
        if keys[1:] != keys[:-1] or len(set(keys[0])) < len(keys[0]) or not all(KEY.match(key) for key in keys[0]):
            raise BadText(f"{part}-0-{languages[0]}", _("Write this in both languages."))
        for language, rows in zip(languages, found, strict=True):
            for place, one in enumerate(rows):
                _check(one, f"{part}-{place}-{language}")


def _check(one: dict[str, str], field: str) -> None:
    if not one["text"].strip():
        raise BadText(field, _("Write this in both languages."))
    if len(one["text"]) > LONGEST or len(one.get("hint", "")) > LONGEST_HINT:
        raise BadText(field, _("At most %(most)s letters.") % {"most": LONGEST})


def key_of(text: str, taken: set[str]) -> str:
    """'Moved abroad' -> moved_abroad; another one where that is taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[: LONGEST_KEY - 3].strip("_") or "one"
    return next(key for key in (plain, *(f"{plain}_{n}" for n in range(2, 99))) if key not in taken)
