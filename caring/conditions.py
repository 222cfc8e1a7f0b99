"""Rules: read, refused with the place where they are wrong, said in words, and made into SQL.

A rule is a list of ways to be picked, one of which is enough: {"source": …, "when": [{"field", "op", "value"}, …]}; all
conditions of a way hold at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from caring.fields import CHOICE_OPS, FIELDS, NUMBER_OPS, Field, fields_of
from caring.sources import SOURCES
from caring.words import Way

MOST_WAYS, MOST_CONDITIONS = 6, 12
WIDEST = 1_000_000_000
Condition = dict[str, Any]


class BadRule(ValueError):
    """`way` and `place`: where, from 0; None: the rule or way itself. str() is translated."""

    def __init__(self, message: str, way: int | None = None, place: int | None = None) -> None:
        super().__init__(message)
        self.way, self.place = way, place


@dataclass(frozen=True)
class WayRead:
    """`number`: its place in the rule. `channels`: an order of its own."""

    source: str
    when: list[Condition]
    number: int = 0
    channels: tuple[str, ...] = ()


def read_rule(rule: Any) -> list[WayRead]:
    """As it may be kept. Raises BadRule."""
    if not isinstance(rule, list) or not rule:
        raise BadRule(_("A rule names at least one way to be picked."))
    if len(rule) > MOST_WAYS:
        raise BadRule(_("At most %(most)s ways.") % {"most": MOST_WAYS})
    return [_read_way(number, way) for number, way in enumerate(rule)]


def kept_ways(rule: list[dict[str, Any]]) -> list[WayRead]:
    """Of a rule that was read when it was saved: a product that has left the catalogue since stops no night."""
    return [WayRead(way["source"], way["when"], n, tuple(way.get("channels", ()))) for n, way in enumerate(rule)]


def _read_way(number: int, way: Any) -> WayRead:
    source = way.get("source") if isinstance(way, dict) else None
    if source not in SOURCES:
        raise BadRule(_("Choose where occasions come from."), number)
    when = way.get("when")
    if not isinstance(when, list) or not when:
        raise BadRule(_("Without a condition the rule would pick everybody. Add one."), number)
    if len(when) > MOST_CONDITIONS:
        raise BadRule(_("At most %(most)s conditions.") % {"most": MOST_CONDITIONS}, number)
    read = [_read_condition(number, place, source, one) for place, one in enumerate(when)]
    return WayRead(source, read, number, _read_channels(number, way.get("channels", ())))


def _read_channels(way: int, channels: Any) -> tuple[str, ...]:
    if not isinstance(channels, list | tuple) or not set(channels) <= set(Way.values):
        raise BadRule(_("Choose at least one of the list."), way)
    return tuple(channels)


def _read_condition(way: int, place: int, source: str, one: Any) -> Condition:
    code = one.get("field", "") if isinstance(one, dict) else ""
    field = fields_of(source).get(code)
    if field is None:
        raise BadRule(_("Choose what is asked."), way, place)
    if one.get("op") not in field.ops:
        raise BadRule(_("Choose how it is compared."), way, place)
    value = _read_choice(field, one.get("value")) if field.choices else _read_number(one.get("value"))
    if value is None:
        wrong = _("Choose at least one of the list.") if field.choices else _("Write a whole number.")
        raise BadRule(wrong, way, place)
    return {"field": code, "op": one["op"], "value": value}


def _read_choice(field: Field, value: Any) -> list[str] | None:
    known = {str(code) for code, _word in field.choices()} if field.choices else set()
    chosen = [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
    return chosen if chosen and set(chosen) <= known else None


def _read_number(value: Any) -> int | None:
    """`500.000` is half a million: thousands are grouped by points or spaces, and nothing has decimals."""
    plain = str(value if value is not None else "").replace(".", "").replace(" ", "")
    digits = plain.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10 or int(digits) > WIDEST:
        return None
    return int(plain)


def where(when: Sequence[Condition], params: dict[str, Any], *, history: bool = True) -> str:
    """As SQL over `f`, `l` and `c`; values go into `params`. `history`: also what the programme did before."""
    parts = ["TRUE"]
    for place, one in enumerate(when):
        field = FIELDS[one["field"]]
        if field.history and not history:
            continue
        name = f"value{place}"
        params[name] = one["value"]
        parts.append(_compare(field, one["op"], name))
    return " AND ".join(parts)


def _compare(field: Field, op: str, name: str) -> str:
    if field.history:
        return f"string_to_array({field.column}, ',') && %({name})s::text[]"
    if op in CHOICE_OPS:
        found = f"({field.column}) = ANY(%({name})s::text[])"
        return found if op == "in" else f"({field.column}) <> ALL(%({name})s::text[])"
    return f"({field.column}) {NUMBER_OPS[op]} %({name})s"


def in_words(way: WayRead) -> str:
    """ "Lines with an unpaid bill: at most 3 days before the due date, Pays: Postpaid"."""
    said = ", ".join(condition_in_words(one) for one in way.when)
    return f"{SOURCES[way.source].words}: {said}"


def condition_in_words(one: Condition) -> str:
    field, value = FIELDS[one["field"]], one["value"]
    if field.choices and not field.plain:
        words = {str(code): str(word) for code, word in field.choices()}
        shown = ", ".join(words.get(code, code) for code in value)
    elif field.plain:
        shown = ", ".join(value)
    else:
        shown = f"{value:,}".replace(",", ".")
    if field.below and value < 0:
        return str(field.below[one["op"]]) % {"value": shown.removeprefix("-")}
    return str(field.words[one["op"]]) % {"value": shown, "name": field.name}
