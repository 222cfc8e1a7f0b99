"""The SLA report: the page, and its tables as files."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from crm.cases.models import SlaPolicy, Verification
from crm.lib import exports
from crm.lib.patience import TooLong
from crm.reports.forms import CHOOSE, PERIODS, WHOLE, ReportForm
from crm.reports.sla import charts, facts_line, tables
from crm.reports.sla.links import Links
from crm.reports.sla.names import Names
from crm.reports.sla.tables import TABLES, Row, Share, Table
from crm.reports.sla.totals import BREAKDOWNS, TOTAL, count
from crm.staff.access import may, require

AGENTS_SHOWN = 10
EVERY = "all"


def asked(question: exports.Question) -> ReportForm:
    form = ReportForm(question.query, user=question.user, at=question.at)
    form.is_valid()
    return form


def asked_by(request: HttpRequest) -> ReportForm:
    return asked(exports.Question(request.user, request.GET, timezone.now()))


@login_required
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    require(request.user, "report.read")
    form, links = asked_by(request), Links(request.GET)
    context = _question(form, links)
    context |= {"may_export": may(request.user, "report.export"), "schedule_url": _schedule_url(request, form)}
    try:
        context |= _answer(form, links, every_agent="agents" in request.GET)
    except TooLong:
        context["too_long"] = True
    return render(request, "reports/sla.html", context)


def _schedule_url(request: HttpRequest, form: ReportForm) -> str:
    """Empty for who may not, and for archives: they do not change."""
    if form.filters().archive or not may(request.user, "report.schedule"):
        return ""
    query = request.GET.copy()
    query["report"] = "sla"
    return f"{reverse('reports:schedule-new')}?{query.urlencode()}"


def _question(form: ReportForm, links: Links) -> dict[str, Any]:
    period, filters = form.period_asked(), form.filters()
    first, last = (period.since.date(), period.last_day) if period else form.days_of_archive()
    return {
        "form": form,
        "period": period,
        "period_shown": form.period_shown,
        "presets": [(name, word, links.report(period=name)) for name, word in PERIODS.items()],
        "whole_url": links.report(period=WHOLE),
        "choose_url": links.report(period=CHOOSE, since=f"{first:%Y-%m-%d}", until=f"{last:%Y-%m-%d}"),
        "all_agents_url": links.report(agents="all"),
        "files": [(suffix.upper(), links.table(EVERY, suffix)) for suffix in ("csv", "xlsx")],
        "archive": filters.archive,
        "margin_hours": filters.archive and int(filters.archive.margin.total_seconds() // 3600),
        "more_open": any(form.cleaned_data.get(name) for name in ("tier", "kind", "priority", "tag")),
        "form_url": reverse("reports:sla"),
        "policy": SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version").first(),
        "at": form.at,
    }


def _answer(form: ReportForm, links: Links, *, every_agent: bool) -> dict[str, Any]:
    counted = count(form.filters(), BREAKDOWNS)
    shown = tables.all_tables(counted, Names.of_groups(counted), links)
    (total,) = shown["total"].rows
    agents = [row for row in shown["agent"].rows if row.value]
    return {
        "total": total,
        "facts": facts_line.of_all(total),
        "addressed": facts_line.of_addressed(total),
        "tables": shown,
        "agents": agents if every_agent else agents[:AGENTS_SHOWN],
        "agents_all": len(agents),
        "verification": Verification.objects.order_by("-at").first(),
    } | _drawn(shown, total, _before(form, links), links)


def _drawn(shown: dict[str, Table], total: Row, before: dict[str, list[Row]], links: Links) -> dict[str, Any]:
    earlier = before["total"][0] if before else None
    hours = shown["hour"].rows
    return {
        "before": earlier,
        "delta_reply": _delta(total.reply_share, earlier.reply_share if earlier else None),
        "delta_settle": _delta(total.settle_share, earlier.settle_share if earlier else None),
        "holes": charts.holes(hours),
        "chart_days": charts.by_day(shown["day"].rows, before.get("day", []), links),
        "chart_minutes": charts.how_long(shown["minute"].rows, total.figures, links),
        "chart_hours": charts.heat(hours, links),
    }


def _delta(now: Share, before: Share | None) -> float | None:
    """Percentage points more than before."""
    if before is None or before.value is None or now.value is None:
        return None
    return now.value - before.value


def _before(form: ReportForm, links: Links) -> dict[str, list[Row]]:
    """The totals and days of the period that is compared with; empty when none is."""
    filters = form.filters_before()
    if filters is None:
        return {}
    counted = count(filters, (TOTAL, ("day",)))
    names = Names.of_groups(counted)
    return {table: tables.rows(table, counted, names, links) for table in ("total", "day")}


@login_required
@require_safe
def export(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """One table, or all of them, as a file with every figure the report knows of each row."""
    require(request.user, "report.export")
    if request.GET.get("table", EVERY) not in (EVERY, *TABLES):
        raise Http404
    return exports.hand_out(request, "sla", suffix)


def table_file(question: exports.Question) -> exports.Table:
    table, links = question.query.get("table", EVERY), Links(question.query)
    counted = count(asked(question).filters(), BREAKDOWNS if table == EVERY else (TABLES[table][0],))
    names = Names.of_groups(counted)
    if table == EVERY:
        return [pgettext("breakdown", "By"), *tables.head("")], tables.every_table(counted, names, links)
    rows = tables.rows(table, counted, names, links)
    return tables.head(str(TABLES[table][1])), tables.as_cells(rows)
