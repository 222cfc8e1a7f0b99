"""What a report is: things that happened to cases, measures that count them, dimensions that part them."""

from dataclasses import dataclass, field
from typing import Any

Words = Any  # a lazy translation, or text

DIMENSIONS = (
    "day", "week", "weekday", "hour", "channel", "team_id", "division_id", "category_id", "kind", "tier", "agent",
    "priority", "tag", "pair",
)  # fmt: skip
TIMES = ("day", "week", "weekday", "hour")


@dataclass(frozen=True)
class Measure:
    """How many of the things fulfil `sql`. The list behind the number is asked with the same condition."""

    name: str
    word: Words
    about: Words
    sql: str = "true"
    tone: str = "accent"


@dataclass(frozen=True)
class Share:
    """One measure as percent of another."""

    name: str
    word: Words
    about: Words
    part: str
    whole: str


@dataclass(frozen=True)
class Length:
    """Median and ninth decile of `seconds` over the things of one measure."""

    name: str
    word: Words
    about: Words
    of: str


@dataclass(frozen=True)
class Study:
    """`things` is SQL: one row for each thing, with key (unique, text), case_id, at, agent, what, seconds and what the
    measures ask besides. `agent` is `staff:ID` or `sign:NAME`, empty for nobody, NULL for whoever has the case.

    `standing` is a condition for what stands at a moment instead of happening in a time (the backlog): it holds unless
    a row is asked for by time.
    """

    slug: str
    name: Words
    about: Words
    icon: str
    things: str
    measures: tuple[Measure, ...]
    shares: tuple[Share, ...] = ()
    lengths: tuple[Length, ...] = ()
    charted: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    whats: dict[str, Words] = field(default_factory=dict)
    at_word: Words = ""
    seconds_word: Words = ""
    agent_word: Words = ""
    stacked: bool = True
    standing: str = ""
    has_pairs: bool = False
    of_archives: bool = False
    heat: str = ""
    first_by: str = "team"
    good: frozenset[str] = frozenset()  # more of it is better

    def measure(self, name: str) -> Measure:
        return next(one for one in self.measures if one.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.measures)
