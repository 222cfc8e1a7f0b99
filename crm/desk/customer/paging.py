"""Pages of what goes back in time: rows after the one at `at`, id `pk`; nothing is counted, nothing is skipped."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet


def page_back(rows: QuerySet[Any], field: str, after: str, size: int) -> tuple[list[Any], str]:
    """`size` rows, newest first by `field`, and the cursor of the next page. What is no cursor is the first page."""
    cursor = _read(after)
    if cursor:
        when, pk = cursor
        # The outer bound is what the index serves.
        rows = rows.filter(Q(**{f"{field}__lt": when}) | Q(**{field: when, "pk__lt": pk}), **{f"{field}__lte": when})
    found = list(rows.order_by(f"-{field}", "-pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, field).isoformat()}~{last.pk}"


def _read(text: str) -> tuple[dt.datetime, int] | None:
    when, _tilde, pk = text.partition("~")
    try:
        at = dt.datetime.fromisoformat(when)
    except ValueError:
        return None
    return (at, int(pk)) if at.tzinfo and pk.isdecimal() and len(pk) < 19 else None
