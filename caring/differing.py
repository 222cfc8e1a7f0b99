"""What a version of a stage changed against the one before it, field by field, in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caring.conditions import WayRead, in_words, kept_ways
from caring.lists import NAMES as LISTS
from caring.lists import as_lines
from caring.models import StageVersion
from caring.texts import LANGUAGES, PARTS, PREPAID, as_text
from caring.words import Way

EDITED = ("rule", "channels", "due_hours", "attempts", "pause_hours", "points", "texts")
NAMES: dict[str, Promise] = {
    "rule": gettext_lazy("Rule"),
    "channels": gettext_lazy("Channels"),
    "due_hours": gettext_lazy("Due"),
    "attempts": gettext_lazy("Attempts"),
    "pause_hours": gettext_lazy("Pause"),
    "points": gettext_lazy("Points as a gift"),
    "texts": gettext_lazy("Texts"),
}
PART_NAMES: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "purpose": gettext_lazy("Purpose"),
    "subject": gettext_lazy("Subject"),
    "message": gettext_lazy("Message"),
    "script": gettext_lazy("Script"),
    "tips": gettext_lazy("Tips"),
}
LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}


@dataclass(frozen=True)
class Difference:
    name: str
    before: str
    after: str


def same(name: str, before: StageVersion, after: StageVersion) -> bool:
    return bool(getattr(before, name) == getattr(after, name))


def differences(before: StageVersion, after: StageVersion) -> list[Difference]:
    """In the order of the form."""
    changed = [
        Difference(str(NAMES[name]), said(name, before), said(name, after))
        for name in EDITED[:-1]
        if not same(name, before, after)
    ]
    return changed + _of_texts(before.texts, after.texts)


def said(name: str, version: StageVersion) -> str:
    """A field of a version in words."""
    value = getattr(version, name)
    if name == "rule":
        return rule_in_words(value)
    if name == "channels":
        return channels_in_words(value)
    return hours(value) if name.endswith("_hours") else str(value)


def rule_in_words(rule: list[dict[str, Any]]) -> str:
    return "; ".join(way_in_words(way) for way in kept_ways(rule))


def way_in_words(way: WayRead) -> str:
    if not way.channels:
        return in_words(way)
    return _("%(rule)s (by %(channels)s)") % {"rule": in_words(way), "channels": channels_in_words(list(way.channels))}


def channels_in_words(channels: list[str]) -> str:
    return ", ".join(str(dict(Way.choices).get(one, one)) for one in channels)


def hours(value: int) -> str:
    """'36 hours', '3 days'."""
    if value and value % 24 == 0:
        days = value // 24
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s hour", "%(n)s hours", value) % {"n": value}


def _of_texts(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    found = []
    for language in LANGUAGES:
        was, now = before.get(language, {}), after.get(language, {})
        for part in PARTS:
            found.append(_of_text(language, part, was, now))
        for part in LISTS:
            found.append(_of_list(language, part, was, now))
        for part in PARTS:
            found.append(_of_text(language, part, was.get(PREPAID, {}), now.get(PREPAID, {}), prepaid=True))
    return [one for one in found if one is not None]


def _of_text(
    language: str, part: str, was: dict[str, Any], now: dict[str, Any], *, prepaid: bool = False
) -> Difference | None:
    before, after = as_text(was.get(part)), as_text(now.get(part))
    if before == after:
        return None
    name = f"{PART_NAMES[part]}, {LANGUAGE_NAMES[language]}"
    return Difference(f"{name}, {_('prepaid')}" if prepaid else name, before, after)


def _of_list(language: str, part: str, was: dict[str, Any], now: dict[str, Any]) -> Difference | None:
    before, after = as_lines(was.get(part)), as_lines(now.get(part))
    return Difference(f"{LISTS[part]}, {LANGUAGE_NAMES[language]}", before, after) if before != after else None
