"""The numbers as tiles and rows, each with the way to what it counts; the same rows go into the files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.lib.display import duration, grouped, percent
from crm.lib.sheets import Cell
from crm.reports.studies.counting import Breakdown, Counts, Key
from crm.reports.studies.links import Links
from crm.reports.studies.names import Names
from crm.reports.studies.study import TIMES, Length, Measure, Share, Study


@dataclass(frozen=True)
class Figure:
    """A number that is a link. `value` None: nothing to measure. `unit` says how it is written."""

    name: str
    word: Any
    about: Any
    value: float | None
    url: str
    unit: str = ""
    tone: str = ""

    @property
    def text(self) -> str:
        if self.value is None:
            return "–"
        ways = {"%": percent, "s": duration}
        return ways[self.unit](self.value) if self.unit else grouped(int(self.value))

    @property
    def cell(self) -> Cell:
        """In a file: hours for lengths, one decimal for shares."""
        if self.value is None:
            return None
        return (
            round(self.value / 3600, 2) if self.unit == "s" else round(self.value, 1) if self.unit else int(self.value)
        )


@dataclass(frozen=True)
class Row:
    key: Mapping[str, Any]
    name: str
    figures: list[Figure]
    whole: float  # percent of the largest row, for its bar

    @property
    def value(self) -> Any:
        return next(iter(self.key.values()), None)


def figures(study: Study, counts: Counts, links: Links, key: Mapping[str, Any] | None = None) -> dict[str, Figure]:
    """Every number of one group, by name, in the order of its columns."""
    made = [_measured(one, counts, links, key) for one in study.measures]
    made += [_shared(one, counts, links, key) for one in study.shares]
    for length in study.lengths:
        made += _long(length, counts, links, key)
    return {figure.name: figure for figure in made}


def _measured(one: Measure, counts: Counts, links: Links, key: Mapping[str, Any] | None) -> Figure:
    return Figure(one.name, one.word, one.about, counts[one.name], links.things(one.name, key), tone=one.tone)


def _shared(one: Share, counts: Counts, links: Links, key: Mapping[str, Any] | None) -> Figure:
    share = counts.share(one.part, one.whole)
    return Figure(one.name, one.word, one.about, share, links.things(one.part, key), "%")


def _long(one: Length, counts: Counts, links: Links, key: Mapping[str, Any] | None) -> list[Figure]:
    median, ninth = counts.lengths[one.name]
    url = links.things(one.of, key, order="longest")
    p90 = _("%(figure)s, p90") % {"figure": one.word}
    return [
        Figure(one.name, _("%(figure)s, median") % {"figure": one.word}, one.about, median, url, "s"),
        Figure(f"{one.name}_p90", p90, one.about, ninth, url, "s"),
    ]


def rows(study: Study, dimensions: Breakdown, counted: Mapping[Key, Counts], names: Names, links: Links) -> list[Row]:
    """Times in their order, all else with the largest first."""
    first = study.charted[0] if study.charted[0] not in study.names else study.names[0]
    largest = max((counts[first] for counts in counted.values()), default=0)
    made = []
    for values, counts in counted.items():
        key = dict(zip(dimensions, values, strict=True))
        shown = list(figures(study, counts, links, key).values())
        made.append(Row(key, names.of_cells(key), shown, 100 * counts[first] / largest if largest else 0))
    if dimensions and dimensions[0] in TIMES:
        return sorted(made, key=lambda row: [str(v) if isinstance(v, str) else v for v in row.key.values()])
    return sorted(made, key=lambda row: (-row.whole, row.name))


def head(study: Study, title: Any) -> list[str]:
    """Column heads of a file; lengths are in hours there."""
    words = [str(one.word) for one in study.measures] + [str(one.word) for one in study.shares]
    for length in study.lengths:
        words += [
            _("%(figure)s, median hours") % {"figure": length.word},
            _("%(figure)s, p90 hours") % {"figure": length.word},
        ]
    return [str(title), *words]


def as_cells(shown: list[Row]) -> Iterator[list[Cell]]:
    for row in shown:
        yield [row.name, *(figure.cell for figure in row.figures)]
