"""The breakdowns as tables: rows of figures, each with the way to its cases; the same rows go into the files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.sheets import Cell
from crm.reports.sla import goals
from crm.reports.sla.links import Links
from crm.reports.sla.names import Names
from crm.reports.sla.totals import TOTAL, Figures, Key

Breakdowns = dict[tuple[str, ...], dict[Key, Figures]]
TABLES: dict[str, tuple[tuple[str, ...], Any]] = {
    "total": (TOTAL, gettext_lazy("Total")),
    "channel": (("channel",), gettext_lazy("Channel")),
    "team": (("team_id",), gettext_lazy("Team")),
    "category": (("category_id",), gettext_lazy("Category")),
    "agent": (("agent",), gettext_lazy("Agent")),
    "day": (("day",), gettext_lazy("Day")),
    "hour": (("weekday", "hour"), gettext_lazy("Weekday and hour")),
    "minute": (("minute",), gettext_lazy("Minutes until the first reply")),
}
BY_SIZE = {"channel", "team", "category", "agent"}


@dataclass(frozen=True)
class Figure:
    """A number that is a link. `value` None: nothing to measure."""

    value: float | None
    url: str


@dataclass(frozen=True)
class Share(Figure):
    goal: float

    @property
    def bar(self) -> float:
        return goals.bar(self.value or 0)

    @property
    def tick(self) -> float:
        return goals.bar(self.goal)

    @property
    def is_under(self) -> bool:
        return self.value is not None and self.value < self.goal


@dataclass(frozen=True)
class Row:
    key: Mapping[str, Any]
    name: str
    figures: Figures
    links: Links

    def _figure(self, value: float | None, name: str, order: str = "") -> Figure:
        return Figure(value, self.links.cases(name, self.key, order=order))

    def _share(self, part: str, whole: str, goal: float) -> Share:
        return Share(self.figures.share(part, whole), self.links.cases(whole, self.key), goal)

    def count(self, name: str) -> Figure:
        return self._figure(self.figures[name], name)

    @property
    def value(self) -> Any:
        """The group's own value: a channel's code, an agent's key."""
        return next(iter(self.key.values()), None)

    @property
    def cases(self) -> Figure:
        return self.count("cases")

    @property
    def answered(self) -> Figure:
        return self.count("answered")

    @property
    def due(self) -> Figure:
        return self.count("due")

    @property
    def due_in_time(self) -> Figure:
        return self.count("due_in_time")

    @property
    def missed(self) -> Figure:
        return self.count("due_missed")

    @property
    def breached(self) -> Figure:
        return self.count("breached")

    @property
    def reply_share(self) -> Share:
        return self._share("due_in_time", "due", goals.REPLY)

    @property
    def reply_median(self) -> Figure:
        return self._figure(self.figures.median(), "answered", "slowest")

    @property
    def reply_p90(self) -> Figure:
        return self._figure(self.figures.p90(), "answered", "slowest")

    @property
    def settle_share(self) -> Share:
        return self._share("settle_due_in_time", "settle_due", goals.SETTLE)

    @property
    def settle_median(self) -> Figure:
        return self._figure(self.figures.median("settle"), "settled", "longest")

    @property
    def settle_p90(self) -> Figure:
        return self._figure(self.figures.p90("settle"), "settled", "longest")


@dataclass(frozen=True)
class Table:
    """One breakdown on the page, and where it can be had as a file."""

    name: str
    rows: list[Row]
    file_url: str


def all_tables(counted: Breakdowns, names: Names, links: Links) -> dict[str, Table]:
    """For the page: groups without a case that counts (all cancelled, say) are left to the files."""
    found = {name: rows(name, counted, names, links) for name in TABLES}
    shown = {name: [row for row in made if row.figures["cases"] or not row.key] for name, made in found.items()}
    return {name: Table(name, shown[name], links.table(name, "xlsx")) for name in TABLES}


def rows(table: str, counted: Breakdowns, names: Names, links: Links) -> list[Row]:
    """One breakdown's rows: days and hours in their order, the others with most cases first."""
    dimensions, _title = TABLES[table]
    made = [_row(dimensions, key, figures, names, links) for key, figures in counted[dimensions].items()]
    if table in BY_SIZE:
        return sorted(made, key=lambda row: (-row.figures["cases"], row.name))
    return sorted(made, key=lambda row: [(v is None, v) for v in row.key.values()])


def _row(dimensions: tuple[str, ...], key: Key, figures: Figures, names: Names, links: Links) -> Row:
    cells = dict(zip(dimensions, key, strict=True))
    name = " ".join(names.of(dimension, value) for dimension, value in cells.items())
    return Row(cells, name or _("Total"), figures, links)


def head(title: str) -> list[str]:
    return [
        title, _("Cases"), _("Answered"), _("Answered in time"), _("In time of answered, %"),
        _("Reply due"), _("Due and in time"), _("Due and late"), _("Due and not answered"), _("In time of due, %"),
        _("Reply, median minutes"), _("Reply, p90 minutes"), _("Settled"), _("Settlement due"),
        _("Settled in time"), _("Settled in time of due, %"), _("Settlement, median hours"),
        _("Settlement, p90 hours"), _("Cases with a breach"), _("Late replies"), _("Late settlements"),
        _("Cancelled"), _("Rejected"),
    ]  # fmt: skip


def every_table(counted: Breakdowns, names: Names, links: Links) -> Iterator[list[Cell]]:
    """All breakdowns under one another, each row with the name of its breakdown before it."""
    for name, (_dimensions, title) in TABLES.items():
        yield from ([str(title), *cells] for cells in as_cells(rows(name, counted, names, links)))


def as_cells(shown: list[Row]) -> Iterator[list[Cell]]:
    for row in shown:
        f = row.figures
        yield [
            row.name, f["cases"], f["answered"], f["in_time"], _round(f.share("in_time", "answered")),
            f["due"], f["due_in_time"], f["due_late"], f["due_unanswered"], _round(f.share("due_in_time", "due")),
            _round(f.median(), 60), _round(f.p90(), 60), f["settled"], f["settle_due"],
            f["settle_due_in_time"], _round(f.share("settle_due_in_time", "settle_due")),
            _round(f.median("settle"), 3600), _round(f.p90("settle"), 3600), f["breached"],
            f["breached_reply"], f["breached_settle"], f["cancelled"], f["rejected"],
        ]  # fmt: skip


def _round(value: float | None, unit: int = 1) -> float | None:
    return None if value is None else round(value / unit, 1)
