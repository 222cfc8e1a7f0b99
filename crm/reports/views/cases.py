"""The cases behind one figure of the SLA report."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.cases.models import Case
from crm.lib import exports
from crm.lib.sheets import Cell
from crm.reports.handles import handles_of
from crm.reports.sla import cells as cell
from crm.reports.sla import lists
from crm.reports.sla.figures import FIGURES
from crm.reports.sla.links import Links
from crm.reports.sla.names import Names
from crm.reports.sla.totals import TOTAL, count
from crm.reports.sla.words import FIGURE_NAMES, ORDER_NAMES
from crm.reports.views.sla import asked, asked_by
from crm.staff.access import may, require


@dataclass(frozen=True)
class Wanted:
    """Which list: a figure, perhaps of one cell of the report, in an order, after a cursor."""

    figure: str
    cells: cell.Cells
    order: str
    after: lists.Cursor | None

    @classmethod
    def of(cls, query: QueryDict) -> "Wanted":
        """Raises Http404 for what no link of ours asks."""
        figure, order = query.get("figure", "cases"), query.get("order", "newest")
        if figure not in FIGURES or order not in lists.ORDERS:
            raise Http404
        try:
            return cls(figure, cell.read(query.getlist("in")), order, _cursor(query.get("after", "")))
        except ValueError:
            raise Http404 from None


def _cursor(text: str) -> lists.Cursor | None:
    place, _comma, number = text.rpartition(",")
    return (float(place), int(number)) if text else None


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    require(request.user, "report.read")
    form, wanted = asked_by(request), Wanted.of(request.GET)
    filters = form.filters()
    found, following = lists.page(filters, wanted.figure, wanted.cells, order=wanted.order, after=wanted.after)
    counted = count(filters, (TOTAL,), only=wanted.cells)[TOTAL][()]
    context = {
        "figure_name": FIGURE_NAMES[wanted.figure],
        "order_name": ORDER_NAMES[wanted.order],
        "cells": _described(wanted.cells),
        "rows": _shown(found),
        "count": counted[wanted.figure],
        "narrowed": form.narrowed(),
        "period": form.period_asked(),
        "archive": filters.archive,
        "report_url": Links(request.GET).report(),
        "older_url": _here(request, after="{!r},{}".format(*following)) if following else "",
        "first_url": _here(request, after=None) if wanted.after else "",
        "files": [(suffix.upper(), _file(request, suffix)) for suffix in ("csv", "xlsx")],
        "may_export": may(request.user, "report.export"),
    }
    return render(request, "reports/sla_cases.html", context)


def _described(cells: cell.Cells) -> list[str]:
    names = Names([cells.get("agent")])
    return [names.of(dimension, value) for dimension, value in cells.items()]


def _shown(found: list[lists.Listed]) -> list[dict[str, Any]]:
    """The listed cases with what a row shows of them, in the list's order."""
    loaded = Case.objects.with_list_columns().in_bulk([one.id for one in found])
    names, handles = Names(one.agent for one in found), handles_of(case.customer_id for case in loaded.values())
    return [
        {
            "listed": one,
            "case": (case := loaded[one.id]),
            "who": case.customer.name or handles.get(case.customer_id, ""),
            "agent": names.agent(one.agent),
        }
        for one in found
    ]


def _here(request: HttpRequest, *, after: str | None) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    if after:
        query["after"] = after
    return f"?{query.urlencode()}"


def _file(request: HttpRequest, suffix: str) -> str:
    return reverse("reports:sla-cases-export", args=[suffix]) + _here(request, after=None)


@login_required
@require_safe
def export(request: HttpRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "report.export")
    Wanted.of(request.GET)
    return exports.hand_out(request, "sla-list", suffix)


def list_size(question: exports.Question) -> int:
    wanted = Wanted.of(question.query)
    filters = asked(question).filters()
    return count(filters, (TOTAL,), only=wanted.cells)[TOTAL][()][wanted.figure]


def list_file(question: exports.Question) -> exports.Table:
    wanted = Wanted.of(question.query)
    chunks = lists.everything(asked(question).filters(), wanted.figure, wanted.cells, order=wanted.order)
    return _head(), (row for chunk in chunks for row in _file_rows(chunk))


def _head() -> list[str]:
    return [
        _("Number"), _("State"), _("Kind"), _("Category"), _("Channel"), _("Account"), _("Team"), _("Answered by"),
        _("Opened"), _("First reply"), _("Minutes until the first reply"), _("Reply in time"),
        _("Hours until settled"), _("Settled in time"), _("Late reply"), _("Late settlement"),
    ]  # fmt: skip


def _file_rows(chunk: list[lists.Listed]) -> Iterator[list[Cell]]:
    for row in _shown(chunk):
        case, listed = row["case"], row["listed"]
        yield [
            case.number, case.get_state_display(), case.get_kind_display(), str(case.category or ""),
            case.get_channel_display(), case.account, str(case.team or ""), row["agent"],
            listed.opened_at, listed.answered_at, _rounded(listed.reply_seconds, 60),
            _yes(listed.in_time if listed.answered_at else None), _rounded(listed.settle_seconds, 3600),
            _yes(listed.settled_in_time if listed.settle_seconds is not None else None),
            _yes(listed.breached_reply), _yes(listed.breached_settle),
        ]  # fmt: skip


def _rounded(seconds: float | None, unit: int) -> float | None:
    return None if seconds is None else round(seconds / unit, 2)


def _yes(value: bool | None) -> str:
    return "" if value is None else _("yes") if value else _("no")
