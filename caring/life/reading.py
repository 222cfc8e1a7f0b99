"""A stage's rule in words beside what is known of the line: why it comes, why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from caring.conditions import Condition, WayRead, condition_in_words, kept_ways
from caring.fields import FIELDS
from caring.life.facts import Facts, Row
from caring.life.outlook import holds, unmet
from caring.life.saying import value_in_words
from caring.models import Stage
from caring.sources import SOURCES


@dataclass(frozen=True)
class Asked:
    """`value`: the line's own in words; empty, as `holds` is None, where only an event or an order can say."""

    words: str
    value: str
    holds: bool | None


@dataclass(frozen=True)
class WayTold:
    source: str
    asked: list[Asked]


def told_of(stage: Stage, facts: Facts) -> list[WayTold]:
    if stage.version is None:
        return []
    ways = kept_ways(stage.version.rule)
    return [WayTold(str(SOURCES[way.source].words), list(_asked(way, facts))) for way in ways]


def _asked(way: WayRead, facts: Facts) -> Iterator[Asked]:
    row = _nearest(way, facts.rows.get(way.source, []))
    for one in way.when:
        own = not FIELDS[one["field"]].sources
        known = facts.own if own else row.known if row else {}
        if one["field"] not in known:
            yield Asked(condition_in_words(one), "", None)
        else:
            yield Asked(condition_in_words(one), _value(one, known), holds(one, known))


def _value(one: Condition, known: dict[str, Any]) -> str:
    return value_in_words(one["field"], known[one["field"]])


def _nearest(way: WayRead, rows: list[Row]) -> Row | None:
    """Of several bills the one that fits best."""
    asked = [one for one in way.when if FIELDS[one["field"]].sources]
    return min(rows, key=lambda row: len(unmet(asked, row.known)), default=None)
