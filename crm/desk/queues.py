"""The queues of the desk: which cases each holds, how many, and a page of them by keyset.

What somebody snoozed is in none of them but its own and `running`; its clock runs on for strip, wallboard and reports.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.desk.orders import ORDERS
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
    order: str = "due"
    is_tab: bool = True


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
        Queue("running", _("All, snoozed ones too"), lambda cases, user, now: cases.running(), is_tab=False),
        Queue("snoozed", _("Snoozed"), lambda cases, user, now: cases.snoozed(now.at), "", "zzz", is_tab=False),
        Queue(
            "ended", _("Settled and closed"), lambda cases, user, now: cases.ended(), "", "archive", "new", is_tab=False
        ),
    )
}
WITH_SNOOZED = ("running", "snoozed", "ended")
TABS = tuple(queue for queue in QUEUES.values() if queue.is_tab)


def cases_in(queue: Queue, user: User, now: Now) -> CaseQuerySet:
    """Mine by who works on it; every other queue by the rooms of this user, so that its own index serves it."""
    live = Case.objects.live()
    sight = live.visible_to(user) if queue.slug == "mine" else live.in_rooms_of(user)
    return queue.cases(sight if queue.slug in WITH_SNOOZED else sight.awake(now.at), user, now)


def counts(user: User, now: Now, narrow: Callable[[CaseQuerySet], CaseQuerySet]) -> dict[str, int]:
    """How many cases each queue holds, in one query."""
    return tally({queue.slug: narrow(cases_in(queue, user, now)) for queue in TABS})


def tally(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many cases each list holds, in one query for all; none is counted past 1,000 (shown as 999+)."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in lists.values():
        sql, given = _sql(rows.order_by().values("pk")[: COUNTED_TO + 1])
        parts.append(f"(SELECT count(*) FROM ({sql}) AS rows)")
        params += given
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return dict(zip(lists, cursor.fetchone(), strict=True))


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """Somebody without a team may see nothing, which Django knows before it asks."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE false", []
    return sql, list(params)


def shown(count: int) -> str:
    return f"{COUNTED_TO}+" if count > COUNTED_TO else str(count)


def page(cases: CaseQuerySet, after: str = "", size: int = PAGE, order: str = "due") -> tuple[list[Case], str]:
    """The next rows in this order after the cursor, and the cursor of the page behind them (empty at the end)."""
    return ORDERS[order].page(cases, after, size)
