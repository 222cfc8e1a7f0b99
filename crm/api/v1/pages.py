"""The orders in which lists are paged."""

from typing import Any

from rest_framework.request import Request

from crm.api.paging import KeysetPagination, Order, Place, Row, nearest, newest


def nearest_running(rows: Any, column: str, after: Place | None, count: int) -> list[Row]:
    """Only running cases have a deadline; saying so lets the partial index serve the list."""
    return nearest(rows.running(), column, after, count)


class CasePages(KeysetPagination):
    """Newest first; a queue, like on the desk, by the nearest deadline."""

    orders = {"newest": Order("opened_at", newest), "deadline": Order("due_at", nearest_running)}

    def default_order(self, request: Request) -> str:
        return "deadline" if "queue" in request.query_params else "newest"


class InteractionPages(KeysetPagination):
    orders = {"newest": Order("at", newest)}
