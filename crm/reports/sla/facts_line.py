"""The single figures in words under the large ones: a word, a number, the way to its cases."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.lib.display import duration, grouped, percent
from crm.reports.sla.tables import Figure, Row


@dataclass(frozen=True)
class Fact:
    word: str
    text: str
    figure: Figure


def of_all(total: Row) -> list[Fact]:
    return [
        _number(total, _("Cases"), "cases"),
        _number(total, _("Answered"), "answered"),
        _share(total, _("In time, of answered"), "in_time", "answered"),
        _number(total, _("Due and not answered"), "due_unanswered"),
        _number(total, _("Settled"), "settled"),
        _share(total, _("Settled in time, of settled"), "settled_in_time", "settled"),
        _number(total, _("Late replies"), "breached_reply"),
        _number(total, _("Late settlements"), "breached_settle"),
        _number(total, _("Cancelled"), "cancelled"),
        _number(total, _("Rejected"), "rejected"),
    ]


def of_addressed(total: Row) -> list[Fact]:
    return [
        _number(total, _("Answered"), "addressed_answered"),
        _time(total, _("Median"), 0),
        _time(total, "p90", 1),
        _share(total, _("In time, of answered"), "addressed_in_time", "addressed_answered"),
        _number(total, _("Fell due"), "addressed_due"),
        _number(total, _("Due and not answered"), "addressed_due_unanswered"),
        _share(total, _("In time, of due"), "addressed_due_in_time", "addressed_due"),
    ]


def _number(row: Row, word: str, name: str) -> Fact:
    figure = row.count(name)
    return Fact(word, grouped(figure.value or 0), figure)


def _share(row: Row, word: str, part: str, whole: str) -> Fact:
    share = row.figures.share(part, whole)
    return Fact(word, "–" if share is None else percent(share), row.count(part))


def _time(row: Row, word: str, which: int) -> Fact:
    seconds = row.figures.times["addressed_reply"][which]
    return Fact(word, "–" if seconds is None else duration(seconds), row.count("addressed_answered"))
