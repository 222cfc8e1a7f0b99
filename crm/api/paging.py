"""Keyset paging: a page begins after the last row of the one before, however many rows came in between."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

SALT = "crm.api.paging"
LIMIT, LIMIT_MAX = 25, 100
Row = dict[str, Any]
Rows = QuerySet[Any, Row]


class Place(NamedTuple):
    """The last row of a page: its sort value and its id, which settles ties."""

    at: dt.datetime | None
    id: int


class Order(NamedTuple):
    column: str
    read: Callable[[Rows, str, Place | None, int], list[Row]]


def newest(rows: Rows, column: str, after: Place | None, count: int) -> list[Row]:
    """Latest first. `column <= at` is what the index serves; the rest settles ties."""
    if after is not None:
        rows = rows.filter(Q(**{f"{column}__lt": after.at}) | Q(id__lt=after.id), **{f"{column}__lte": after.at})
    return list(rows.order_by(f"-{column}", "-id")[:count])


def nearest(rows: Rows, column: str, after: Place | None, count: int) -> list[Row]:
    """Earliest first; rows without a time come last, by a query of their own so that each can use the index."""
    found = _timed(rows, column, after, count) if after is None or after.at is not None else []
    if len(found) < count:
        start = after.id if after is not None and after.at is None else 0
        untimed = rows.filter(**{f"{column}__isnull": True}, id__gt=start).order_by("id")
        found += untimed[: count - len(found)]
    return found


def _timed(rows: Rows, column: str, after: Place | None, count: int) -> list[Row]:
    rows = rows.filter(**{f"{column}__isnull": False})
    if after is not None:
        rows = rows.filter(Q(**{f"{column}__gt": after.at}) | Q(id__gt=after.id), **{f"{column}__gte": after.at})
    return list(rows.order_by(column, "id")[:count])


class KeysetPagination(BasePagination):
    """`limit`, `ordering` and an opaque signed `cursor`; the answer is {"items": […], "next": URL or null}.

    A subclass names its orders, the default one first.
    """

    orders: dict[str, Order]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        limit, name = self._limit(request), self._ordering(request)
        order, filters = self.orders[name], _fingerprint(request)
        found = order.read(queryset, order.column, _after(request, name, filters), limit + 1)
        self.next_url = _next_url(request, [name, filters], order, found[limit - 1]) if len(found) > limit else None
        return found[:limit]

    def get_paginated_response(self, data: list[Row]) -> Response:
        headers = {"Link": f'<{self.next_url}>; rel="next"'} if self.next_url else {}
        return Response({"items": data, "next": self.next_url}, headers=headers)

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit", str(LIMIT))
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LIMIT_MAX):
            raise _wrong("limit", _("A whole number from 1 to %(most)s.") % {"most": LIMIT_MAX})
        return int(text)

    def _ordering(self, request: Request) -> str:
        name = request.query_params.get("ordering") or self.default_order(request)
        if name not in self.orders:
            raise _wrong("ordering", _("One of: %(names)s.") % {"names": ", ".join(self.orders)})
        return name

    def default_order(self, request: Request) -> str:
        return next(iter(self.orders))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT}
        schemas = {"limit": limit, "cursor": {"type": "string"}, "ordering": {"enum": list(self.orders)}}
        said = {
            "limit": "How many items a page holds.",
            "cursor": "Where the next page begins: take it from `next`, never make one.",
            "ordering": "Sort order.",
        }
        return [
            {"name": name, "in": "query", "schema": schema, "description": said[name]}
            for name, schema in schemas.items()
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {"type": "string", "format": "uri", "nullable": True}
        properties = {"items": {"type": "array", "items": schema["items"]}, "next": following}
        return {"type": "object", "required": ["items", "next"], "properties": properties}


def _next_url(request: Request, scope: list[str], order: Order, last: Row) -> str:
    at = last[order.column]
    cursor = signing.dumps([*scope, at.isoformat() if at else None, last["id"]], salt=SALT)
    return str(replace_query_param(request.build_absolute_uri(), "cursor", cursor))


def _after(request: Request, ordering: str, filters: str) -> Place | None:
    """Where the cursor points. One made for another list or order would skip rows in silence, so it is refused."""
    cursor = request.query_params.get("cursor")
    if not cursor:
        return None
    try:
        made_for, filtered, at, last = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        raise _wrong("cursor", _("This cursor was not given out by us.")) from None
    if [made_for, filtered] != [ordering, filters]:
        raise _wrong("cursor", _("This cursor belongs to a list with other filters or another order."))
    return Place(dt.datetime.fromisoformat(at) if at else None, last)


def _fingerprint(request: Request) -> str:
    """The list that was asked for: path and filters, whatever the page and its size."""
    filters = sorted((k, v) for k, v in request.query_params.items() if k not in {"cursor", "limit", "ordering"})
    return hashlib.sha256(repr([request.path.rstrip("/"), filters]).encode()).hexdigest()[:16]


def _wrong(field: str, sentence: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(sentence, code="invalid")]})
