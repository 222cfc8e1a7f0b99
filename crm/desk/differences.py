"""In what two versions of a policy differ, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.foresight.terms import FIELDS, Condition, Terms
from crm.cases.models import Category
from crm.cases.words import ClockKind, Kind, Party
from crm.customers.models import Tier
from crm.lib.display import spoken
from crm.timeline.models import Channel

NAMES = {
    "warn_percents": gettext_lazy("Warn at"),
    "response_risk_seconds": gettext_lazy("Reply: amber in the last"),
    "resolution_risk_seconds": gettext_lazy("Settlement: amber in the last"),
    "pause_for_customer": gettext_lazy("Pause for the customer"),
    "pause_for_division": gettext_lazy("Pause for a division"),
    "pause_for_appointment": gettext_lazy("Pause for an appointment"),
    "remind_after_seconds": gettext_lazy("Remind a silent customer after"),
    "no_answer_after_seconds": gettext_lazy("Propose settling as no answer after"),
    "close_after_seconds": gettext_lazy("Close a settled case after"),
    "reopen_minimum_seconds": gettext_lazy("A reopened case has at least"),
}


@dataclass(frozen=True)
class Difference:
    """`before` and `after` in words; empty where there was, or is, nothing. `key` is for the field it stands beside."""

    what: str
    before: str
    after: str
    key: object = None


def differences(before: Terms, after: Terms, categories: dict[int, str]) -> list[Difference]:
    return [*_targets(before, after, categories), *_fields(before, after), *_ladder(before, after)]


def category_names() -> dict[int, str]:
    return {category.pk: str(category) for category in Category.objects.all()}


def _fields(before: Terms, after: Terms) -> Iterator[Difference]:
    for name in FIELDS:
        if before.fields[name] != after.fields[name]:
            yield Difference(str(NAMES[name]), field_words(before, name), field_words(after, name), name)


def field_words(terms: Terms, name: str) -> str:
    value = terms.fields[name]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(f"{percent} %" for percent in value) or _("never")
    return str(spoken(value))


def _targets(before: Terms, after: Terms, categories: dict[int, str]) -> Iterator[Difference]:
    for row in [*after.rows(), *(row for row in before.rows() if _condition(row) not in after.targets)]:
        key = _condition(row)
        was, now = before.targets.get(key), after.targets.get(key)
        if was != now:
            yield Difference(condition_words(key, categories), _seconds(was), _seconds(now), key)


def _condition(row: object) -> Condition:
    return row.channel, row.category_id, row.kind, row.tier  # type: ignore[attr-defined]


def condition_words(condition: Condition, categories: dict[int, str]) -> str:
    channel, category, kind, tier = condition
    words = [
        categories.get(category, "?") if category else "",
        str(Tier(tier).label) if tier else "",
        str(Kind(kind).label) if kind else "",
        str(Channel(channel).label) if channel else "",
    ]
    return " · ".join(word for word in words if word) or _("Everything else")


def _seconds(pair: tuple[int, int | None] | None) -> str:
    if pair is None:
        return ""
    settle = spoken(pair[1]) if pair[1] else _("no settlement clock")
    return _("reply %(reply)s, settle %(settle)s") % {"reply": spoken(pair[0]), "settle": settle}


def _ladder(before: Terms, after: Terms) -> Iterator[Difference]:
    for clock, percent in sorted({*before.ladder, *after.ladder}):
        was, now = before.ladder.get((clock, percent), ""), after.ladder.get((clock, percent), "")
        if was != now:
            what = _("Ladder: %(clock)s at %(percent)s %%") % {
                "clock": ClockKind(clock).label, "percent": percent,
            }  # fmt: skip
            yield Difference(what, _party(was), _party(now), (clock, percent))


def _party(party: str) -> str:
    return str(Party(party).label) if party else ""
