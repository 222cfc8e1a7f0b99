"""A month's report as PDF: the figures, how they moved, why it came, what was done, and the breaches themselves.

Names of customers stay out of it: it is made to be sent around. A case is its number.
"""

from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Spacer,
    Table,
)

from crm.desk.causes import name_of
from crm.desk.monthly import charts
from crm.desk.monthly.figures import Figures, Month, Part, figures_of
from crm.desk.monthly.paper import (
    ACCENT,
    BODY,
    CELL,
    HEAD,
    HEIGHT,
    INK,
    INNER,
    LATE,
    MARGIN,
    MUTED,
    OK,
    RIGHT,
    RISK,
    SLATE,
    SMALL,
    SOFT,
    TITLE,
    WIDTH,
    Pages,
    draw_head,
    said,
    table,
)  # fmt: skip
from crm.lib.display import grouped, moment, percent, spoken
from crm.staff import access
from crm.staff.models import Team, User


def draw(month: Month, user: User) -> bytes:
    """The report in the language and the days that are active now, of what `user` may see."""
    paper, figures = BytesIO(), figures_of(month, user)
    name, scope = date_format(month.first, "F Y"), scope_of(user)
    made = _("made %(at)s for %(name)s") % {"at": moment(timezone.now()), "name": user.name}

    def canvas(*args: Any, **kwargs: Any) -> Pages:
        pages = Pages(*args, **kwargs)
        pages.foot = f"Sapa · {_('SLA breaches')}, {name} · {made}"
        return pages

    document = BaseDocTemplate(
        paper, pagesize=(WIDTH, HEIGHT), leftMargin=MARGIN, rightMargin=MARGIN, title=f"{_('SLA breaches')}, {name}",
        author="Sapa", lang=None, invariant=True,
    )  # fmt: skip
    first = Frame(MARGIN, 16 * mm, INNER, HEIGHT - HEAD - 20 * mm, 0, 0, 0, 0)
    later = Frame(MARGIN, 16 * mm, INNER, HEIGHT - 30 * mm, 0, 0, 0, 0)
    document.addPageTemplates([
        PageTemplate("first", first, onPage=lambda page, _doc: draw_head(page, _("SLA breaches"), name, scope)),
        PageTemplate("later", later),
    ])  # fmt: skip
    document.build([NextPageTemplate("later"), *_content(figures)], canvasmaker=canvas)
    return paper.getvalue()


def scope_of(user: User) -> str:
    """Whose cases the figures are of."""
    scope = access.scope(user)
    if scope.kind == "all":
        return _("all teams")
    return ", ".join(str(team) for team in Team.objects.filter(pk__in=scope.team_ids))


def _content(figures: Figures) -> list[Flowable]:
    if not figures.counts["all"]:
        nothing = said(_("No deadline was missed in this month."), BODY)
        return [Spacer(1, 6 * mm), nothing, *_trend_of_months(figures)]
    return [
        *_summary(figures), *_days(figures), *_months_and_hours(figures), *_causes(figures), *_parts(figures),
        *_actions(figures), *_list(figures),
    ]  # fmt: skip


def _summary(figures: Figures) -> list[Flowable]:
    counts, actions, every = figures.counts, figures.actions, figures.counts["all"]
    reviewed = percent(100 * counts["reviewed"] / every)
    late = _("%(n)s overdue") % {"n": grouped(actions["late"])}
    waiting = _("%(n)s to review") % {"n": grouped(figures.unreviewed)}
    return [
        charts.tiles([
            (_("Breaches"), grouped(every), _compared(every, figures.before["all"]), LATE),
            (_("First replies"), grouped(counts["reply"]), _compared(counts["reply"], figures.before["reply"]), INK),
            (_("Settlements"), grouped(counts["settle"]), _compared(counts["settle"], figures.before["settle"]), INK),
            (_("Reviewed"), reviewed, waiting, INK),
            (_("Excusable"), grouped(counts["excused"]), _("of %(n)s reviewed") % {"n": counts["reviewed"]}, INK),
            (_("Actions done"), f"{actions['done']} / {actions['all']}", late, RISK if actions["late"] else OK),
        ]),
    ]  # fmt: skip


def _compared(now: int, before: int) -> str:
    if now == before:
        return _("as the month before")
    return _("%(n)s the month before") % {"n": grouped(before)}


def _days(figures: Figures) -> list[Flowable]:
    labels = [str(day.day) for day, _reply, _settle in figures.days]
    parts = [([row[1] for row in figures.days], ACCENT), ([row[2] for row in figures.days], SOFT)]
    key = charts.legend([(_("First replies"), ACCENT), (_("Settlements"), SOFT)])
    return [said(_("By day"), TITLE), key, charts.columns(INNER, 34 * mm, labels, parts)]


def _trend_of_months(figures: Figures) -> list[Flowable]:
    return [said(_("The last six months"), TITLE), _month_columns(figures, INNER)]


def _month_columns(figures: Figures, width: float) -> Any:
    labels = [date_format(first, "M Y") for first, _count, _excused in figures.months]
    parts = [([row[1] for row in figures.months], ACCENT), ([row[2] for row in figures.months], SLATE)]
    return charts.columns(width, 30 * mm, labels, parts, figures=True)


def _months_and_hours(figures: Figures) -> list[Flowable]:
    half = (INNER - 8 * mm) / 2
    labels = [f"{hour:02}" if hour % 3 == 0 else "" for hour in range(24)]
    hours = charts.columns(half, 30 * mm, labels, [(figures.hours, ACCENT)])
    left = [said(_("The last six months"), TITLE), _month_columns(figures, half)]
    right = [said(_("By hour of the deadline"), TITLE), hours]
    return [Spacer(1, 4 * mm), _beside(left, right)]


def _beside(left: list[Flowable], right: list[Flowable]) -> Flowable:
    made = Table([[left, right]], colWidths=[(INNER + 8 * mm) / 2, (INNER - 8 * mm) / 2], hAlign="LEFT")
    made.setStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ])  # fmt: skip
    return made


def _causes(figures: Figures) -> list[Flowable]:
    title = said(_("Causes"), TITLE)
    if not figures.causes:
        return [title, said(_("Nothing of this month has been reviewed yet."), BODY)]
    rows = [(name_of(one.cause), one.count, one.excused, one.cumulated) for one in figures.causes]
    key = charts.legend([(_("Preventable"), ACCENT), (_("Excusable"), SLATE), (_("Cumulated"), LATE)])
    return [KeepTogether([title, key, charts.pareto(rows)])]


def _parts(figures: Figures) -> list[Flowable]:
    left = [said(_("By team"), TITLE), _part_table(_("Team"), figures.teams)]
    right = [said(_("Held by a division"), TITLE), _part_table(_("Division"), figures.divisions)]
    return [KeepTogether([Spacer(1, 5 * mm), _beside(left, right)])]


def _part_table(word: str, parts: list[Part]) -> Flowable:
    if not parts:
        return said(_("None"), SMALL)
    head = [(word, False), (_("Breaches"), True), (_("Reviewed"), True), (_("Excusable"), True)]
    rows = [
        [said(one.name), *(said(grouped(n), RIGHT) for n in (one.count, one.reviewed, one.excused))] for one in parts
    ]
    return table(head, rows, [34 * mm, 17 * mm, 17 * mm, 17 * mm])


def _actions(figures: Figures) -> list[Flowable]:
    counts = figures.actions
    if not counts["all"]:
        return []
    words = _("%(all)s agreed, %(done)s done, %(open)s open, %(late)s of them overdue") % counts
    head = [(word, False) for word in (_("Action"), _("Who does it"), _("Done by"), _("State"), _("Number"))]
    rows = [_action(one) for one in figures.action_rows]
    made = table(head, rows, [INNER - 96 * mm, 36 * mm, 20 * mm, 22 * mm, 18 * mm])
    return [said(_("Corrective actions"), TITLE), said(words, SMALL), Spacer(1, 1.5 * mm), made]


def _action(one: Any) -> list[Any]:
    if one.action_done_at:
        state = said(_("Done"), CELL, OK)
    elif one.action_due_on < timezone.localdate():
        state = said(_("Overdue"), CELL, RISK, bold=True)
    else:
        state = said(_("Still open"), CELL, MUTED)
    due = said(date_format(one.action_due_on, "j M Y"))
    return [said(one.prevention[:400]), said(one.action_owner), due, state, said(one.number)]


def _list(figures: Figures) -> list[Flowable]:
    head = [
        (_("Number"), False), (_("Case"), False), (_("Clock"), False), (_("Due"), False), (_("Late by"), True),
        (_("Team"), False), (_("Cause, or state of the review"), False),
    ]  # fmt: skip
    widths = [15 * mm, 16 * mm, 27 * mm, 23 * mm, 23 * mm, 28 * mm, INNER - 132 * mm]
    more = figures.counts["all"] - len(figures.rows)
    left = [said(_("and %(n)s more: the file of the list has them all") % {"n": grouped(more)}, SMALL)] if more else []
    made = table(head, [_breach(one) for one in figures.rows], widths)
    return [said(_("The breaches, the longest first"), TITLE), made, *left]


def _breach(one: Any) -> list[Any]:
    late = (
        said(spoken(one.late_seconds), RIGHT, LATE) if one.late_seconds else said(_("running"), RIGHT, LATE, bold=True)
    )
    why = _("%(cause)s, excusable") % {"cause": name_of(one.cause_code)} if one.excusable else name_of(one.cause_code)
    reason = said(why) if one.reviewed_at else said(one.state.label, CELL, MUTED)
    at = date_format(timezone.localtime(one.due_at), "j M, H:i")
    return [
        said(one.number), said(f"#{one.case.number}"), said(one.get_kind_display()), said(at), late,
        said(one.team or "–"), reason,
    ]  # fmt: skip
