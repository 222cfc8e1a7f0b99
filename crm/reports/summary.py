"""The few figures that stand in a mail: those on top of the report's page."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from crm.lib.display import duration, grouped, percent
from crm.lib.exports import Question
from crm.lib.patience import unhurried
from crm.reports.sla import totals
from crm.reports.studies import tables
from crm.reports.studies.counting import TOTAL, count, nothing
from crm.reports.studies.links import Links
from crm.reports.studies.shelf import STUDIES
from crm.reports.views import sla, studies

Lines = list[tuple[str, str]]


def summary(question: Question, report: str) -> Lines:
    with unhurried():
        return _of_sla(question) if report == "sla" else _of_study(question, report)


def _of_study(question: Question, slug: str) -> Lines:
    study = STUDIES[slug]
    filters = studies.asked(question.query, study, question.user).filters()
    counts = count(study, filters)[TOTAL].get((), nothing(study))
    shown = tables.figures(study, counts, Links(study, question.query))
    return [(str(figure.word), figure.text) for figure in shown.values()]


def _of_sla(question: Question) -> Lines:
    found = totals.count(sla.asked(question).filters())[totals.TOTAL].get(())
    if found is None:
        return [(_("Cases"), "0")]
    return [
        (_("Cases"), grouped(found["cases"])),
        (_("First reply in time, of due"), _or_dash(found.share("due_in_time", "due"), percent)),
        (_("First reply, median"), _or_dash(found.median(), duration)),
        (_("Settled in time, of due"), _or_dash(found.share("settle_due_in_time", "settle_due"), percent)),
        (_("Cases with a breach"), grouped(found["breached"])),
    ]


def _or_dash(value: float | None, way: Callable[[float], str]) -> str:
    return "–" if value is None else way(value)
