"""Who held a case, and when its clocks stood still."""

import datetime as dt

from django.utils.translation import gettext as _

from crm.cases.models import Case, ClockPause, Holding
from crm.cases.words import Party

PARTY_ICONS = {
    Party.TEAM: "users",
    Party.SUPERVISOR: "user-check",
    Party.QUALITY: "shield-check",
    Party.DIVISION: "building-broadcast-tower",
}


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
