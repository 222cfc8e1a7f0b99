"""The list of requests, by keyset: those that stand by their deadline, the decided ones newest first."""

from django.db.models import Q, QuerySet

from crm.privacy.models import ENDED, DataRequest
from crm.privacy.paging import read_mark
from crm.privacy.words import STANDING

SIZE = 50
WITH = ("customer", "case", "by", "proposed_by", "decided_by")


def page_of(state: str, after: str) -> tuple[list[DataRequest], str]:
    """A page and the mark after which the next one begins, '' at the end."""
    field = "decided_at" if state == "ended" else "due_at"
    found = _after(DataRequest.objects.filter(state__in=ENDED if state == "ended" else STANDING), field, after)
    order = ("-decided_at", "-pk") if state == "ended" else ("due_at", "pk")
    rows = list(found.select_related(*WITH).order_by(*order)[: SIZE + 1])
    more = len(rows) > SIZE
    rows = rows[:SIZE]
    return rows, f"{getattr(rows[-1], field).isoformat()}~{rows[-1].pk}" if more else ""


def _after(found: QuerySet[DataRequest], field: str, after: str) -> QuerySet[DataRequest]:
    mark = read_mark(after)
    if mark is None:
        return found
    at, number = mark
    way = "lt" if field == "decided_at" else "gt"
    return found.filter(Q(**{f"{field}__{way}": at}) | Q(**{field: at, f"pk__{way}": number}))
