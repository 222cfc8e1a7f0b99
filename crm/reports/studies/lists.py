"""The things behind a number, each with its case: page by page, or all of them for a file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.lib.patience import fetch
from crm.reports.sla.filters import Filters
from crm.reports.studies import cells as cell
from crm.reports.studies.rows import rows
from crm.reports.studies.study import TIMES, Study

PAGE = 50
CHUNK = 2_000
PLACES = {"newest": "extract(epoch FROM at)::float8", "longest": "coalesce(seconds, -1)"}
Cursor = tuple[float, str]


@dataclass(frozen=True)
class Listed:
    key: str
    case_id: int
    at: dt.datetime
    what: str
    agent: str | None
    seconds: float | None
    place: float


def page(
    study: Study,
    filters: Filters,
    measure: str,
    cells: cell.Cells,
    *,
    order: str = "newest",
    after: Cursor | None = None,
) -> tuple[list[Listed], Cursor | None]:
    """The next things after the cursor, and the cursor of the page that follows (None at the end). Raises TooLong."""
    sql, parameters = _query(study, filters, measure, cells, order=order, after=after)
    found = [Listed(*row) for row in fetch(f"{sql} LIMIT {PAGE + 1}", parameters)]
    shown = found[:PAGE]
    return shown, (shown[-1].place, shown[-1].key) if len(found) > PAGE else None


def everything(
    study: Study, filters: Filters, measure: str, cells: cell.Cells, *, order: str = "newest"
) -> Iterator[list[Listed]]:
    """All of them in chunks, through a cursor on the server: a file holds one chunk at a time."""
    sql, parameters = _query(study, filters, measure, cells, order=order, after=None)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while found := cursor.fetchmany(CHUNK):
            yield [Listed(*row) for row in found]


def _query(
    study: Study, filters: Filters, measure: str, cells: cell.Cells, *, order: str, after: Cursor | None
) -> tuple[str, dict[str, Any]]:
    with_rows, parameters = rows(study, filters)
    conditions, values = cell.conditions(study, cells, timed=any(name in TIMES for name in cells))
    place = PLACES[order]
    if after:
        conditions.append(f"({place}, key) < (%(after_place)s, %(after_key)s)")
        values |= {"after_place": after[0], "after_key": after[1]}
    where = " AND ".join([f"({study.measure(measure).sql})", *conditions])
    columns = f"key, case_id, at, what, agent, seconds, {place}"
    return f"{with_rows} SELECT {columns} FROM rows WHERE {where} ORDER BY {place} DESC, key DESC", parameters | values
