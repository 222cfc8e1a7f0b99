"""The cases behind a figure, page by page or as a stream: the figure's own condition on the same facts."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.reports.sla import cells as cell
from crm.reports.sla.facts import facts
from crm.reports.sla.figures import FIGURES
from crm.reports.sla.filters import Filters

PAGE = 50
CHUNK = 2_000
ORDERS = {
    "newest": "extract(epoch FROM opened_at)::float8",
    "slowest": "coalesce(reply_seconds, -1)",
    "longest": "coalesce(settle_seconds, -1)",
}
COLUMNS = (
    "id", "opened_at", "answered_at", "reply_seconds", "in_time", "due", "settle_seconds", "settled_in_time",
    "breached_reply", "breached_settle", "agent",
)  # fmt: skip
Cursor = tuple[float, int]


@dataclass(frozen=True)
class Listed:
    """One case with what the report knows of it; times in seconds."""

    id: int
    opened_at: dt.datetime
    answered_at: dt.datetime | None
    reply_seconds: float | None
    in_time: bool | None
    due: bool | None
    settle_seconds: float | None
    settled_in_time: bool | None
    breached_reply: bool
    breached_settle: bool
    agent: str | None
    place: float


def page(
    filters: Filters, figure: str, cells: cell.Cells, *, order: str = "newest", after: Cursor | None = None
) -> tuple[list[Listed], Cursor | None]:
    """The next cases after the cursor, and the cursor of the page that follows (None at the end)."""
    sql, parameters = _query(filters, figure, cells, order, after)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {PAGE + 1}", parameters)
        found = [Listed(*row) for row in cursor.fetchall()]
    shown = found[:PAGE]
    return shown, (shown[-1].place, shown[-1].id) if len(found) > PAGE else None


def everything(filters: Filters, figure: str, cells: cell.Cells, *, order: str = "newest") -> Iterator[list[Listed]]:
    """All of them in chunks, through a cursor on the server: an export holds one chunk at a time."""
    sql, parameters = _query(filters, figure, cells, order, None)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            yield [Listed(*row) for row in rows]


def _query(
    filters: Filters, figure: str, cells: cell.Cells, order: str, after: Cursor | None
) -> tuple[str, dict[str, Any]]:
    with_facts, parameters = facts(filters)
    conditions, values = cell.conditions(cells)
    place = ORDERS[order]
    if after:
        conditions.append(f"({place}, id) < (%(after_place)s, %(after_id)s)")
        values |= {"after_place": after[0], "after_id": after[1]}
    where = " AND ".join([f"({FIGURES[figure]})", *conditions])
    sql = f"{with_facts} SELECT {', '.join(COLUMNS)}, {place} FROM facts WHERE {where} ORDER BY {place} DESC, id DESC"
    return sql, parameters | values
