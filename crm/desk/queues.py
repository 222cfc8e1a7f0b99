"""The queues of the desk: which cases each holds, how many, and a page of them by keyset."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.desk.tense import Now
from crm.staff.models import User

PAGE = 25
COUNTED_TO = 999


@dataclass(frozen=True)
class Queue:
    slug: str
    name: object
    cases: Callable[[CaseQuerySet, User, Now], CaseQuerySet]
    tone: str = ""
    icon: str = ""


def _at_risk(cases: CaseQuerySet, _user: User, now: Now) -> CaseQuerySet:
    return cases.at_risk(now.at, dt.timedelta(seconds=now.response_risk), dt.timedelta(seconds=now.resolution_risk))


QUEUES = {
    queue.slug: queue
    for queue in (
        Queue("mine", _("Mine"), lambda cases, user, now: cases.mine(user)),
        Queue("unassigned", _("Unassigned"), lambda cases, user, now: cases.unassigned()),
        Queue("risk", _("At risk"), _at_risk, "t-risk", "alert-triangle"),
        Queue("waiting", _("Waiting"), lambda cases, user, now: cases.waiting()),
        Queue(
            "breached",
            pgettext_lazy("queue", "Breached"),
            lambda cases, user, now: cases.overdue(now.at),
            "t-late",
            "alarm",
        ),
        Queue("all", _("All"), lambda cases, user, now: cases.running()),
    )
}


def cases_in(queue: Queue, user: User, now: Now) -> CaseQuerySet:
    """Mine by who works on it; every other queue by the rooms of this user, so that its own index serves it."""
    live = Case.objects.live()
    return queue.cases(live.visible_to(user) if queue.slug == "mine" else live.in_rooms_of(user), user, now)


def counts(user: User, now: Now, narrow: Callable[[CaseQuerySet], CaseQuerySet]) -> dict[str, int]:
    """How many cases each queue holds, in one query; none is counted past 1,000 (shown as 999+)."""
    parts: list[str] = []
    params: list[Any] = []
    for queue in QUEUES.values():
        rows = narrow(cases_in(queue, user, now)).order_by().values("pk")[: COUNTED_TO + 1]
        sql, given = _sql(rows)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS rows)")
        params += given
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return dict(zip(QUEUES, cursor.fetchone(), strict=True))


def _sql(rows: QuerySet[Case, Any]) -> tuple[str, list[Any]]:
    """Somebody without a team may see nothing, which Django knows before it asks."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE false", []
    return sql, list(params)


def shown(count: int) -> str:
    return f"{COUNTED_TO}+" if count > COUNTED_TO else str(count)


def page(cases: CaseQuerySet, after: str = "", size: int = PAGE) -> tuple[list[Case], str]:
    """The next rows by deadline after the cursor, and the cursor of the page behind them (empty at the end)."""
    rows = list(_behind(cases, after).by_deadline().with_list_columns()[: size + 1])
    return rows[:size], cursor_of(rows[size - 1]) if len(rows) > size else ""


def cursor_of(case: Case) -> str:
    return f"{case.due_at.isoformat() if case.due_at else ''},{case.pk}"


def _behind(cases: CaseQuerySet, cursor: str) -> CaseQuerySet:
    """A cursor that cannot be read is the beginning."""
    due_text, _comma, pk_text = cursor.rpartition(",")
    if not pk_text.isdecimal():
        return cases
    due = parse_datetime(due_text) if due_text else None
    if due is None:
        return cases.filter(due_at__isnull=True, pk__gt=int(pk_text))
    return cases.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=int(pk_text)) | Q(due_at__isnull=True))
