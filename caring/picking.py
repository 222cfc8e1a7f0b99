"""Whom a way of a rule picks, as one SELECT over a limit of rows: counted, listed or inserted as tasks.

What the contact policy says of each is decided in the same statement, from the same moment.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from caring.conditions import WayRead, where
from caring.sources import CASES, SOURCES
from caring.words import Why
from crm.billing import months
from crm.cases.words import RUNNING_STATES, Kind
from crm.customers.models import Purpose

Params = dict[str, Any]
# The same share of the same people for years, whoever asks: of the customer's id alone.
HELD_OUT = "('x' || substr(md5('hold-out:' || c.id), 1, 7))::bit(28)::int % 1000 < %(held_out)s".replace("% 1", "%% 1")
CONSENTS = """EXISTS (SELECT 1 FROM customers_consent y WHERE y.customer_id = c.id AND y.purpose = %(purpose)s
    AND y.answer = 'yes' AND y.withdrawn_at IS NULL)"""
COMPLAINS = """EXISTS (SELECT 1 FROM cases_case k WHERE k.customer_id = c.id AND k.kind = %(complaint)s
    AND k.state = ANY(%(running)s) AND NOT k.is_archive)"""
SERVICE = f"CASE WHEN c.restricted_at IS NOT NULL THEN '{Why.RESTRICTED}' ELSE '' END"
# In the order of Why: the strongest reason is the one that is told.
COURTESY = f"""CASE WHEN c.restricted_at IS NOT NULL THEN '{Why.RESTRICTED}'
    WHEN c.do_not_disturb THEN '{Why.DO_NOT_DISTURB}'
    WHEN NOT {CONSENTS} THEN '{Why.NO_CONSENT}'
    WHEN {HELD_OUT} THEN '{Why.HOLD_OUT}'
    WHEN {COMPLAINS} THEN '{Why.COMPLAINT}' ELSE '' END"""

PICKED = """
SELECT f.row_id, f.subscription_id, f.customer_id, f.occasion, f.facts, coalesce(f.at, %(at)s) AS occurred_at, f.starts,
    f.due, coalesce(l.arpu, (SELECT v.arpu FROM billing_value v WHERE v.customer_id = f.customer_id), 0) AS value,
    {why} AS why, {held_out} AS is_held_out
FROM ({source}) f
JOIN customers_customer c ON c.id = f.customer_id AND c.erased_at IS NULL AND c.absorbed_into_id IS NULL
LEFT JOIN customers_subscription l ON l.id = f.subscription_id AND {line_limit}
WHERE {where}
"""

# Limits on the ids that a source goes over: all there are, from %(low)s to before %(high)s, those in %(ids)s.
EVERYWHERE = "TRUE"
WITHIN = "{0} >= %(low)s AND {0} < %(high)s"
ONLY = "{0} = ANY(%(ids)s)"


@dataclass(frozen=True)
class Moment:
    """As of which a rule is read: the operator's day, and the instant that counts for times."""

    day: dt.date
    at: dt.datetime

    @classmethod
    def of(cls, at: dt.datetime) -> "Moment":
        return cls(months.today(at), at)

    @classmethod
    def end_of(cls, day: dt.date) -> "Moment":
        """The day is over: its month, when it is the last of one, is full."""
        zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
        return cls(day + dt.timedelta(days=1), dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone))


def picked(
    way: WayRead, moment: Moment, limit: str, *, courtesy: bool, held_out: int = 0, history: bool = True
) -> tuple[str, Params]:
    """The SELECT and its parameters. `limit`: EVERYWHERE, WITHIN or ONLY, of the ids that the source goes over."""
    params: Params = {
        "day": moment.day, "at": moment.at, "zone": settings.TIME_ZONE, "cases": list(CASES), "held_out": held_out,
        "newest": months.first_day(months.last_full(moment.day)), "purpose": Purpose.CARE, "complaint": Kind.COMPLAINT,
        "running": list(RUNNING_STATES),
    }  # fmt: skip
    source = SOURCES[way.source]
    statement = PICKED.format(
        source=source.select(limit.format(source.over[1])),
        # Said of the line again: no planner follows a range through an equality, and it would read all lines for each.
        line_limit=limit.format("l.id") if source.is_by_line else EVERYWHERE, why=COURTESY if courtesy else SERVICE,
        held_out=HELD_OUT if courtesy else "FALSE", where=where(way.when, params, history=history),
    )  # fmt: skip
    return statement, params


def apart(select: str, params: Params, name: str) -> tuple[str, Params]:
    """The same with parameters of its own, so that several stand in one statement."""
    for one in params:
        select = select.replace(f"%({one})s", f"%({name}_{one})s")
    return select, {f"{name}_{one}": value for one, value in params.items()}
