"""A report's page: its figures, its course over time, its table by one dimension."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from crm.lib import exports
from crm.lib.patience import TooLong
from crm.reports.forms import CHOOSE, PERIODS, WHOLE, StudyForm
from crm.reports.studies import charts, tables
from crm.reports.studies.counting import TOTAL, Breakdown, Counts, Key, count, nothing
from crm.reports.studies.links import Links
from crm.reports.studies.moments import step
from crm.reports.studies.names import BY, Names
from crm.reports.studies.shelf import STUDIES
from crm.reports.studies.study import Study
from crm.staff.access import may
from crm.staff.guard import allowed
from crm.staff.models import User

SHOWN = 30
WEEKHOURS: Breakdown = ("weekday", "hour")
Counted = dict[Breakdown, dict[Key, Counts]]


def study_of(slug: str) -> Study:
    if slug not in STUDIES:
        raise Http404
    return STUDIES[slug]


def asked(query: QueryDict, study: Study, user: User) -> StudyForm:
    form = StudyForm(query, study=study, user=user, at=timezone.now())
    form.is_valid()
    return form


@allowed("report.read")
@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    study = study_of(slug)
    form, links = asked(request.GET, study, request.user), Links(study, request.GET)  # type: ignore[arg-type]
    context = question(form, links) | {"study": study, "may_export": may(request.user, "report.export")}
    context["may_schedule"] = may(request.user, "report.schedule") and not form.filters().archive
    try:
        context |= answer(form, links, every_row="rows" in request.GET)
    except TooLong:
        context["too_long"] = True
    return render(request, "reports/study.html", context)


def question(form: StudyForm, links: Links) -> dict[str, Any]:
    period, filters = form.period_asked(), form.filters()
    since, until = form.span()
    last = (until - dt.timedelta(hours=1)).date()
    return {
        "form": form,
        "period": period,
        "period_shown": form.period_shown,
        "presets": [(name, word, links.report(period=name)) for name, word in PERIODS.items()],
        "whole_url": links.report(period=WHOLE),
        "choose_url": links.report(period=CHOOSE, since=f"{since:%Y-%m-%d}", until=f"{last:%Y-%m-%d}"),
        "form_url": links.report().partition("?")[0],
        "more_open": any(form.cleaned_data.get(name) for name in ("tier", "kind", "priority", "tag")),
        "files": [(suffix.upper(), links.file(suffix)) for suffix in ("csv", "xlsx")],
        "schedule_url": links.schedule(),
        "all_rows_url": links.report(rows="all"),
        "archive": filters.archive,
        "at": form.at,
    }


def answer(form: StudyForm, links: Links, *, every_row: bool) -> dict[str, Any]:
    study, filters = form.study, form.filters()
    by, over = (form.dimension,), (step(*form.span()),)
    wanted = {TOTAL, by, over} | ({WEEKHOURS} if study.heat else set())
    counted = count(study, filters, sorted(wanted))
    names = Names(key[0] for key in counted[by]) if by == ("agent",) else Names()
    rows = tables.rows(study, by, counted[by], names, links)
    total, before = _total(study, counted), _before(study, form, over)
    shown = tables.figures(study, total, links)
    return {
        "tiles": [_tile(study, shown[name], before) for name in study.headline],
        "total": shown,
        "heads": list(shown.values()),
        "rows": rows if every_row else rows[:SHOWN],
        "rows_all": len(rows),
        "by": form.by_shown,
        "by_word": BY[form.by_shown][1],
        "ways": [(name, word, links.report(by=name)) for name, word in form.fields["by"].choices],  # type: ignore[attr-defined]
        "series": tables.rows(study, over, counted[over], names, links),
        "step": over[0],
        "chart": _chart(form, counted[over], before, links),
        "chart_heat": charts.heat(study, counted[WEEKHOURS], links) if study.heat else None,
        "empty": not any(total.numbers.values()) and not counted[over],
    }


def _total(study: Study, counted: Counted) -> Counts:
    return counted[TOTAL].get((), nothing(study))


def _before(study: Study, form: StudyForm, over: Breakdown) -> Counted:
    """Totals and course of the period that is compared with; empty when none is."""
    filters = form.filters_before()
    return count(study, filters, (TOTAL, over)) if filters else {}


def _chart(form: StudyForm, counted: dict[Key, Counts], before: Counted, links: Links) -> dict[str, Any]:
    (since, until), study = form.span(), form.study
    over = step(since, until)
    shown = charts.steps(over, since, until, form.at)
    earlier: list[int] = []
    filters = form.filters_before()
    if before and filters and filters.since and filters.until:
        past = charts.steps(over, filters.since, filters.until, filters.until)
        earlier = [_charted(study, before[over,].get((value,))) for value in past]
    return charts.over_time(study, over, shown, counted, links, before=earlier)


def _charted(study: Study, counts: Counts | None) -> int:
    """What the line of the time before shows: the whole bar where bars are stacked, else the first of them."""
    if counts is None:
        return 0
    return sum(counts[name] for name in study.charted) if study.stacked else counts[study.charted[0]]


def _tile(study: Study, figure: tables.Figure, before: Counted) -> dict[str, Any]:
    if not before:
        return {"figure": figure, "before": None, "delta": None}
    earlier = tables.figures(study, _total(study, before), Links(study, QueryDict()))[figure.name]
    delta = None if figure.value is None or earlier.value is None else figure.value - earlier.value
    return {"figure": figure, "before": earlier, "delta": delta, "good": figure.name in study.good}


def table_file(question: exports.Question, study: Study) -> exports.Table:
    """What the page shows, as rows of one file: the total, its course, its table."""
    form = asked(question.query, study, question.user)
    by, over = (form.dimension,), (step(*form.span()),)
    counted = count(study, form.filters(), sorted({TOTAL, by, over}))
    counted[TOTAL] = counted[TOTAL] or {(): nothing(study)}
    names, links = Names(key[0] for key in counted[by]) if by == ("agent",) else Names(), Links(study, QueryDict())
    rows = [
        [str(word), *cells]
        for dimensions, word in ((TOTAL, pgettext("breakdown", "Total")), (over, _word(over)), (by, _word(by)))
        if dimensions != over or over != by
        for cells in tables.as_cells(tables.rows(study, dimensions, counted[dimensions], names, links))
    ]
    return [pgettext("breakdown", "By"), *tables.head(study, pgettext("breakdown", "Group"))], rows


def _word(dimensions: Breakdown) -> Any:
    return next(word for dimension, word in BY.values() if (dimension,) == dimensions)


@allowed("report.export")
@require_safe
def export(request: HttpRequest, slug: str, suffix: str) -> HttpResponseBase:
    return exports.hand_out(request, study_of(slug).slug, suffix)
