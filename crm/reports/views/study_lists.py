"""What a number of a report counts: each thing with its case."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.cases.models import Case
from crm.customers.naming import name_outside
from crm.lib import exports
from crm.lib.patience import TooLong
from crm.lib.sheets import Cell
from crm.reports.handles import handles_of
from crm.reports.studies import cells as cell
from crm.reports.studies import lists
from crm.reports.studies.counting import TOTAL, count, nothing
from crm.reports.studies.links import Links
from crm.reports.studies.names import Names
from crm.reports.studies.study import Measure, Study
from crm.reports.views.studies import asked, study_of
from crm.staff.access import may
from crm.staff.guard import allowed


@dataclass(frozen=True)
class Wanted:
    """Which list: a measure, perhaps of one cell of the report, in an order, after a cursor."""

    measure: Measure
    cells: cell.Cells
    order: str
    after: lists.Cursor | None

    @classmethod
    def of(cls, study: Study, query: QueryDict) -> "Wanted":
        """Raises Http404 for what no link of ours asks."""
        name, order = query.get("figure", study.names[0]), query.get("order", "newest")
        if name not in study.names or order not in lists.PLACES:
            raise Http404
        try:
            return cls(
                study.measure(name), cell.read(query.getlist("in"), study), order, _cursor(query.get("after", ""))
            )
        except ValueError:
            raise Http404 from None


def _cursor(text: str) -> lists.Cursor | None:
    place, _comma, key = text.partition(",")
    return (float(place), key) if text else None


@allowed("report.read")
@require_safe
def things(request: HttpRequest, slug: str) -> HttpResponse:
    study = study_of(slug)
    wanted, form = Wanted.of(study, request.GET), asked(request.GET, study, request.user)  # type: ignore[arg-type]
    names = Names([wanted.cells.get("agent")])
    context = {
        "study": study,
        "measure": wanted.measure,
        "cells": [names.of(dimension, value) for dimension, value in wanted.cells.items()],
        "narrowed": form.narrowed(),
        "period": form.period_asked(),
        "archive": form.filters().archive,
        "longest": wanted.order == "longest",
        "report_url": Links(study, request.GET).report(),
        "first_url": _here(request, after=None) if wanted.after else "",
        "files": [(suffix.upper(), _file(request, study, suffix)) for suffix in ("csv", "xlsx")],
        "may_export": may(request.user, "report.export"),
    }
    try:
        context |= _listed(request, study, wanted)
    except TooLong:
        context["too_long"] = True
    return render(request, "reports/study_list.html", context)


def _listed(request: HttpRequest, study: Study, wanted: Wanted) -> dict[str, Any]:
    filters = asked(request.GET, study, request.user).filters()  # type: ignore[arg-type]
    name = wanted.measure.name
    found, following = lists.page(study, filters, name, wanted.cells, order=wanted.order, after=wanted.after)
    counted = count(study, filters, only=wanted.cells)[TOTAL].get((), nothing(study))
    return {
        "rows": shown(study, found),
        "count": counted[name],
        "older_url": _here(request, after="{!r},{}".format(*following)) if following else "",
    }


def shown(study: Study, found: list[lists.Listed]) -> list[dict[str, Any]]:
    """The things with what a row shows of their cases, in the list's order."""
    cases = Case.objects.with_list_columns().in_bulk({one.case_id for one in found})
    names, handles = Names(one.agent for one in found), handles_of(case.customer_id for case in cases.values())
    return [
        {
            "thing": one,
            "what": study.whats.get(one.what, one.what),
            "case": (case := cases[one.case_id]),
            "who": case.customer.name or handles.get(case.customer_id, ""),
            "outside": name_outside(case.customer, handles.get(case.customer_id, "")),
            "agent": names.agent(one.agent) if one.agent else "",
        }
        for one in found
    ]


def _here(request: HttpRequest, *, after: str | None) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    if after:
        query["after"] = after
    return f"?{query.urlencode()}"


def _file(request: HttpRequest, study: Study, suffix: str) -> str:
    return reverse("reports:study-list-export", args=[study.slug, suffix]) + _here(request, after=None)


@allowed("report.export")
@require_safe
def export(request: HttpRequest, slug: str, suffix: str) -> HttpResponseBase:
    study = study_of(slug)
    Wanted.of(study, request.GET)
    return exports.hand_out(request, f"{study.slug}-list", suffix)


def list_size(question: exports.Question, study: Study) -> int:
    wanted = Wanted.of(study, question.query)
    filters = asked(question.query, study, question.user).filters()
    return count(study, filters, only=wanted.cells)[TOTAL].get((), nothing(study))[wanted.measure.name]


def list_file(question: exports.Question, study: Study) -> exports.Table:
    wanted = Wanted.of(study, question.query)
    filters = asked(question.query, study, question.user).filters()
    chunks = lists.everything(study, filters, wanted.measure.name, wanted.cells, order=wanted.order)
    return _head(study), (row for chunk in chunks for row in _file_rows(study, chunk))


def _head(study: Study) -> list[str]:
    return [
        _("Number"), str(study.at_word), _("What"), _("State"), _("Kind"), _("Category"), _("Priority"), _("Channel"),
        _("Customer"), _("Tier"), _("Team"), _("Agent"), _("Opened"),
        *([_("%(figure)s, hours") % {"figure": study.seconds_word}] if study.seconds_word else []),
    ]  # fmt: skip


def _file_rows(study: Study, chunk: list[lists.Listed]) -> Iterator[list[Cell]]:
    for row in shown(study, chunk):
        case, thing = row["case"], row["thing"]
        hours = None if thing.seconds is None else round(thing.seconds / 3600, 2)
        yield [
            case.number, thing.at, str(row["what"]), case.get_state_display(), case.get_kind_display(),
            str(case.category or ""), case.get_priority_display(), case.get_channel_display(), row["outside"],
            case.tier, str(case.team or ""), row["agent"], case.opened_at, *([hours] if study.seconds_word else []),
        ]  # fmt: skip
