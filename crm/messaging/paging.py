"""Newest first, by keyset: a page is as quick among a million as among ten."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE = 50
Row = TypeVar("Row", bound=Model)


def newest(request: HttpRequest, rows: QuerySet[Row]) -> tuple[list[Row], dict[str, Any]]:
    """The page that `?before=` asks for, and what _components/pages.html wants."""
    before = request.GET.get("before", "")
    wanted = rows.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else rows
    page = list(wanted.order_by("-pk")[: PAGE + 1])
    shown = page[:PAGE]
    older = _url(request, shown[-1].pk) if len(page) > PAGE else ""
    return shown, {"older_url": older, "newer_url": _url(request, None) if before else "", "shown": ""}


def _url(request: HttpRequest, before: int | None) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    if before is not None:
        query["before"] = str(before)
    return f"?{query.urlencode()}"
