"""What the rules can know of one line: the same SELECTs and columns as the evaluation, over this line alone.

Three questions, however much there is: rows of the sources as one statement, orders, cases.
"""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from caring.fields import FIELDS
from caring.picking import Moment, Params
from caring.sources import SOURCES
from crm.billing import months
from crm.cases.models import Case, SlaClock
from crm.cases.words import Kind, Verdict
from crm.customers.models import Customer, ServiceOrder, Subscription

MOST = 50  # orders and cases that are looked at
WATCHED = dt.timedelta(days=90)
# What limits a source to one line. Of the others, events say what happened, and complaints are the customer's.
LIMITS = {
    "bill": "b.subscription_id = %(line)s", "top_up": "t.subscription_id = %(line)s",
    "unpaid": "b.subscription_id = %(line)s", "active_period": "l.id = %(line)s", "removal": "l.id = %(line)s",
    "usage": "l.id = %(line)s", "anniversary": "l.id = %(line)s", "on_time": "subscription_id = %(line)s",
}  # fmt: skip
OWN = "own"
LINE = """SELECT l.id AS subscription_id, l.customer_id, '' AS occasion FROM customers_subscription l
    WHERE l.id = %(line)s"""
COUNTS = """'bills', (SELECT count(*) FROM billing_bill b WHERE b.subscription_id = l.id),
    'top_ups', (SELECT count(*) FROM billing_topup t WHERE t.subscription_id = l.id)"""
ROWS = """SELECT '{source}' AS source, f.occasion, jsonb_build_object({columns}) AS known FROM ({sql}) f
    JOIN customers_subscription l ON l.id = f.subscription_id JOIN customers_customer c ON c.id = f.customer_id"""


@dataclass(frozen=True)
class Row:
    """What a source says of the line; `occasion`: what a task about it would be named."""

    occasion: str
    known: dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """`own`: fields of the line and customer themselves, and how many bills and top-ups there were."""

    customer: Customer
    line: Subscription | None
    moment: Moment
    own: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    orders: list[ServiceOrder] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    @property
    def running(self) -> list[Case]:
        return [case for case in self.cases if case.is_running]


def facts_of(customer: Customer, line: Subscription | None, at: dt.datetime) -> Facts:
    moment = Moment.of(at)
    found = _rows(line, moment) if line else {}
    own = found.pop(OWN, [])
    cases = _cases(customer, at)
    found["watch"] = [_watched(cases, at)]
    return Facts(customer, line, moment, own[0].known if own else {}, found, _orders(customer, line), cases)


def _rows(line: Subscription, moment: Moment) -> dict[str, list[Row]]:
    parts = [_part(name, SOURCES[name].select(limit)) for name, limit in LIMITS.items()]
    params: Params = {
        "line": line.pk, "day": moment.day, "at": moment.at, "zone": settings.TIME_ZONE,
        "newest": months.first_day(months.last_full(moment.day)),
    }  # fmt: skip
    found: dict[str, list[Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_part(OWN, LINE, COUNTS), *parts]), params)
        for source, occasion, known in cursor.fetchall():
            found.setdefault(source, []).append(Row(occasion, json.loads(known)))
    return found


def _part(source: str, sql: str, *more: str) -> str:
    columns = [f"'{code}', {one.column}" for code, one in FIELDS.items() if _is_of(source, one.sources)]
    return ROWS.format(source=source, sql=sql, columns=", ".join([*columns, *more]))


def _is_of(source: str, sources: tuple[str, ...]) -> bool:
    return source in sources if sources else source == OWN


def _orders(customer: Customer, line: Subscription | None) -> list[ServiceOrder]:
    """Planned ones: what is done has made its tasks."""
    mine = Q(subscription=line) if line else Q(subscription=None)
    found = ServiceOrder.objects.filter(mine, customer=customer, state=ServiceOrder.State.PLANNED)
    return list(found.order_by("planned_for", "pk")[:MOST])


def _cases(customer: Customer, at: dt.datetime) -> list[Case]:
    """That run, or were opened within the days that the watch list looks at."""
    lately = Case.objects.filter(opened_at__gte=at - WATCHED)
    found = (Case.objects.running() | lately).filter(customer=customer, is_archive=False)
    missed = SlaClock.objects.filter(case=OuterRef("pk"), verdict=Verdict.MISSED)
    return list(found.annotate(was_late=Exists(missed)).order_by("-opened_at", "-pk")[:MOST])


def _watched(cases: list[Case], at: dt.datetime) -> Row:
    """As the source `watch` counts."""
    lately = [case for case in cases if case.opened_at >= at - WATCHED]
    late = any(case.was_late for case in lately)  # type: ignore[attr-defined]
    complaints = sum(case.kind == Kind.COMPLAINT for case in lately)
    return Row(
        f"watch:{max((case.pk for case in lately), default=0)}",
        {"complaints": complaints, "is_after_breach": "yes" if late else "no"},
    )
