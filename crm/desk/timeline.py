"""Who held a case, and when its clocks stood still: the rows of the breach review's picture and of the history."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.cases.models import Case, ClockPause, Holding, SlaClock
from crm.cases.words import Party

PARTY_ICONS = {
    Party.TEAM: "users",
    Party.SUPERVISOR: "user-check",
    Party.QUALITY: "shield-check",
    Party.DIVISION: "building-broadcast-tower",
}


@dataclass
class Bar:
    start: float
    length: float
    tone: str


@dataclass
class Held:
    """One holder's row; bars are in hours from the clock's start."""

    name: str
    detail: str
    icon: str
    seconds: float
    share: float
    bars: list[Bar]
    is_worst: bool = False


def held_by(case: Case, at: dt.datetime) -> list[tuple[Holding, str, float]]:
    """(holding, name, seconds) in time order; the open one counts to `at`."""
    holdings = case.holdings.select_related("team", "division", "user")
    return [(one, name_of(one), ((one.until or at) - one.since).total_seconds()) for one in holdings]


def name_of(holding: Holding) -> str:
    if holding.party == Party.DIVISION and holding.division:
        return str(holding.division)
    if holding.user:
        return holding.user.name
    return _("Unassigned") if holding.party == Party.TEAM else holding.get_party_display()


def pauses_of(case: Case) -> list[ClockPause]:
    return list(ClockPause.objects.filter(clock__case=case).select_related("clock", "evidence").order_by("paused_at"))


def gantt(clock: SlaClock, at: dt.datetime) -> tuple[list[Held], float]:
    """Who held this clock, one row a holder, and the width of the picture in hours."""
    start, end = clock.started_at, clock.stopped_at or at
    rows: dict[str, Held] = {}
    for holding, name, _seconds in held_by(clock.case, at):
        since, until = max(holding.since, start), min(holding.until or at, end)
        if since < until:
            row = rows.setdefault(name, _row(holding, name))
            row.seconds += (until - since).total_seconds()
            row.bars += _bars(since, until, clock)
    width = max((end - start).total_seconds(), 1.0)
    for row in rows.values():
        row.share = 100 * row.seconds / width
    if rows:
        max(rows.values(), key=lambda row: row.seconds).is_worst = len(rows) > 1
    return list(rows.values()), hours(dt.timedelta(seconds=width))


def _row(holding: Holding, name: str) -> Held:
    detail = str(holding.get_party_display()) if holding.party != Party.TEAM else str(holding.team or "")
    return Held(name, detail, PARTY_ICONS[Party(holding.party)], 0.0, 0.0, [])


def _bars(since: dt.datetime, until: dt.datetime, clock: SlaClock) -> list[Bar]:
    """What lies before the deadline, and what lies after it."""
    cut = min(max(clock.due_at, since), until)
    pieces = [(since, cut, "held"), (cut, until, "late")]
    return [Bar(hours(a - clock.started_at), hours(b - a), tone) for a, b, tone in pieces if a < b]


def hours(length: dt.timedelta) -> float:
    return round(length.total_seconds() / 3600, 4)
