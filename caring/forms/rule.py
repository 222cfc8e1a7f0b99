"""The builder of a rule: ways, each with its source and conditions, as they were sent, whether or not they can be kept.

Names: w0-source, w0c0-field, w0c0-op, w0c0-value. Ways and conditions are taken in the order in which they were sent.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from caring.conditions import BadRule, Condition, WayRead, read_rule
from caring.fields import FIELDS, Field, fields_of
from caring.sources import SOURCES
from caring.words import Way as Channel

OPS: Mapping[str, Promise] = {
    "gte": gettext_lazy("at least"),
    "lte": gettext_lazy("at most"),
    "eq": pgettext_lazy("condition", "exactly"),
    "in": pgettext_lazy("condition", "is one of"),
    "not_in": pgettext_lazy("condition", "is none of"),
}
WAY = re.compile(r"(w[a-z0-9]{1,12})-source\Z")
MOST_CHANNELS = 4
MOST = 100  # rows that are read at all


class Row:
    """One condition."""

    def __init__(self, uid: str, source: str, said: Condition, wrong: str = "") -> None:
        self.uid, self.source, self.wrong = uid, source, wrong
        self.code, self.op, self.value = said.get("field", ""), said.get("op", ""), said.get("value")
        self.field: Field | None = fields_of(source).get(self.code)

    @property
    def ops(self) -> list[tuple[str, Any]]:
        return [(op, OPS[op]) for op in self.field.ops] if self.field else []

    @property
    def kind(self) -> str:
        return "choice" if self.field and self.field.choices else "number"

    @property
    def unit(self) -> str:
        """It stands in the name of the field."""
        return ""

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        if not self.field or not self.field.choices:
            return []
        chosen = self.value if isinstance(self.value, list) else []
        return [(str(code), word, str(code) in chosen) for code, word in self.field.choices()]

    @property
    def text(self) -> str:
        if self.value is None or isinstance(self.value, list):
            return ""
        return f"{self.value:,}".replace(",", ".") if isinstance(self.value, int) else str(self.value)

    @property
    def fields(self) -> list[tuple[Promise, list[tuple[str, Promise]]]]:
        """What the source gives, and what every line and customer has."""
        own: list[tuple[str, Promise]] = []
        everywhere: list[tuple[str, Promise]] = []
        for code, field in fields_of(self.source).items():
            (own if field.sources else everywhere).append((code, field.name))
        groups: list[tuple[Promise, list[tuple[str, Promise]]]] = [
            (SOURCES[self.source].words, own), (gettext_lazy("Line and customer"), everywhere),
        ] if self.source in SOURCES else []  # fmt: skip
        return [(group, inside) for group, inside in groups if inside]


class Way:
    """One way to be picked."""

    def __init__(self, uid: str, source: str, rows: list[Row], channels: Sequence[str] = ()) -> None:
        self.uid, self.source, self.rows, self.own = uid, source, rows, list(channels)
        self.wrong = ""

    @property
    def channels(self) -> list[tuple[str, Promise, list[tuple[str, Any, bool]]]]:
        """Its own order, as lists to choose from: name, label, choices."""
        own = [*self.own, "", ""][: max(2, len(self.own))]
        labels = (gettext_lazy("First by"), gettext_lazy("then by"))
        return [
            (f"{self.uid}-channel{place}", labels[min(place, 1)],
             [(code, word, code == chosen) for code, word in Channel.choices])
            for place, chosen in enumerate(own)
        ]  # fmt: skip

    @property
    def along(self) -> str:
        """What goes with every question for a condition of it: its source."""
        return f"#{self.uid}-source"

    @property
    def sources(self) -> list[tuple[str, Promise, bool]]:
        return [(code, one.words, code == self.source) for code, one in SOURCES.items()]


def ways_of(rule: list[dict[str, Any]]) -> list[Way]:
    """A kept rule, as the builder shows it."""
    return [
        Way(f"w{number}", way["source"],
            [Row(f"w{number}c{place}", way["source"], one) for place, one in enumerate(way["when"])],
            way.get("channels", ()))
        for number, way in enumerate(rule)
    ]  # fmt: skip


def fresh_way() -> Way:
    return Way(f"w{_uid()}", "", [])


def fresh_row(way: str, source: str, code: str = "", uid: str = "") -> Row:
    return Row(uid or f"{way}c{_uid()}", source, {"field": code})


def _uid() -> str:
    return uuid.uuid4().hex[:8]


def read_ways(sent: QueryDict) -> tuple[list[Way], list[WayRead] | None, str]:
    """The builder's ways, the rule where all of it can be kept, and what is wrong with the rule as a whole.

    Rows whose field is not chosen yet are no conditions.
    """
    shown = [_way(sent, found.group(1)) for name in list(sent)[: 20 * MOST] if (found := WAY.match(name))]
    try:
        return shown, read_rule([_said(way) for way in shown]), ""
    except BadRule as bad:
        if bad.way is None:
            return shown, None, str(bad)
        way = shown[bad.way]
        if bad.place is None:
            way.wrong = str(bad)
        else:
            [row for row in way.rows if row.code][bad.place].wrong = str(bad)
        return shown, None, ""


def _way(sent: QueryDict, uid: str) -> Way:
    source = sent.get(f"{uid}-source", "")
    rows = re.compile(rf"({uid}c[a-z0-9]{{1,12}})-field\Z")
    uids = [found.group(1) for name in sent if (found := rows.match(name))][:MOST]
    own = [sent.get(f"{uid}-channel{place}", "") for place in range(MOST_CHANNELS)]
    return Way(uid, source, [Row(one, source, _condition(sent, one)) for one in uids], [one for one in own if one])


def _condition(sent: QueryDict, uid: str) -> Condition:
    code = sent.get(f"{uid}-field", "")
    known = FIELDS.get(code)
    value: Any = sent.getlist(f"{uid}-value") if known and known.choices else sent.get(f"{uid}-value", "")
    return {"field": code, "op": sent.get(f"{uid}-op", ""), "value": value}


def _said(way: Way) -> dict[str, Any]:
    when = [{"field": row.code, "op": row.op, "value": row.value} for row in way.rows if row.code]
    return {"source": way.source, "when": when, "channels": way.own}


def wrong_in_words(ways: list[Way], wrong: str) -> str:
    """The first thing that is wrong, with the place it stands in."""
    for way in ways:
        for row in way.rows:
            if row.wrong:
                return f"{row.field.name}: {row.wrong}" if row.field else row.wrong
        if way.wrong:
            return way.wrong
    return wrong
