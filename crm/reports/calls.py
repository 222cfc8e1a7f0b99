"""What each agent did at the telephone, by day: answered, talked, handed on, and wrapped up or not.

Counted from what the exchange told (crm/calls/spells.py). Being put on hold belongs to a spell. Days are those of the
reader's zone.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.calls.spells import SPELLS, asked
from crm.lib.display import duration, grouped
from crm.lib.sheets import Cell
from crm.staff.models import User

WRAP = "extract(epoch FROM s.wrapped_at - s.ended_at)"
TALK = "extract(epoch FROM s.until - s.at)"
SQL = f"""{SPELLS}, told AS (
    SELECT s.*, (s.at AT TIME ZONE %(zone)s)::date AS day, {TALK} AS talk, CASE WHEN mine THEN {WRAP} END AS wrap
    FROM spell s
)
SELECT agent_id, day, count(DISTINCT call_id), sum(talk), avg(talk), avg(wrap), count(*) FILTER (WHERE owes),
    count(*) FILTER (WHERE how = 'transferred')
FROM told GROUP BY GROUPING SETS ((agent_id, day), (agent_id), ())
ORDER BY agent_id NULLS FIRST, day DESC NULLS FIRST
"""


@dataclass(frozen=True)
class Row:
    """Of one agent and day; without a day of all their days, without an agent of all. Lengths in seconds."""

    agent: User | None
    day: dt.date | None
    answered: int
    talked: float
    talk_mean: float | None
    wrap_mean: float | None
    without_wrap_up: int
    transferred: int

    @property
    def shown(self) -> dict[str, str]:
        return {
            "answered": grouped(self.answered), "talked": duration(self.talked), "talk_mean": _length(self.talk_mean),
            "wrap_mean": _length(self.wrap_mean), "transferred": grouped(self.transferred),
            "without_wrap_up": grouped(self.without_wrap_up),
        }  # fmt: skip


def _length(seconds: float | None) -> str:
    return "–" if seconds is None else duration(seconds)


def count(agents: list[User], since: dt.date, until: dt.date) -> list[Row]:
    """The total first, then each agent with their days, the newest first; nothing where nobody answered."""
    named = {one.pk: one for one in agents}
    zone = str(timezone.get_current_timezone())
    with connection.cursor() as cursor:
        cursor.execute(SQL, asked(list(named), since, until) | {"zone": zone})
        found = cursor.fetchall()
    return [_row(named.get(pk), day, *numbers) for pk, day, *numbers in found if numbers[0]]


def _row(agent: User | None, day: dt.date | None, answered: int, *numbers: Any) -> Row:
    talked, talk_mean, wrap_mean, without, transferred = numbers
    return Row(agent, day, answered, float(talked or 0), _seconds(talk_mean), _seconds(wrap_mean), without, transferred)


def _seconds(found: Any) -> float | None:
    return None if found is None else float(found)


def table(rows: list[Row]) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("Agent"), _("Day"), pgettext("calls", "Answered"), _("Talk, seconds"), _("Talk, mean, seconds"),
        _("Wrap-up, mean, seconds"), _("Without wrap-up"), pgettext("calls", "Transferred"),
    ]  # fmt: skip
    return head, (_cells(row) for row in rows)


def _cells(row: Row) -> list[Cell]:
    means = [None if one is None else round(one) for one in (row.talk_mean, row.wrap_mean)]
    name, day = row.agent.name if row.agent else _("All"), row.day.isoformat() if row.day else ""
    return [name, day, row.answered, round(row.talked), *means, row.without_wrap_up, row.transferred]
