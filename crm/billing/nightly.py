"""Each night: the ARPU of every line, of every customer, and the tier that follows. Only what differs is written.

Ranges of ids, each its own transaction: a killed run has done what it has done, and the next one does the rest.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from crm.billing import months, rolling
from crm.billing.counting import RANGE, value_lines
from crm.billing.judging import judge_customers
from crm.billing.scale import scale_in_force
from crm.customers.models import Subscription


@dataclass
class Night:
    lines: int = 0
    customers: int = 0
    tiers: int = 0


def value_everybody(day: dt.date) -> Night:
    """As of `day` (its month is not full yet). A second run beside another waits for it, and finds nothing to do."""
    night, last, scale = Night(), months.last_full(day), scale_in_force()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [rolling.PAIRS])
    try:
        for first in _ranges("billing_linemonths", "subscription_id"):
            night.lines += value_lines(first, first + RANGE, last)
        for first in _ranges("customers_customer", "id"):
            judged, moved = judge_customers(first, first + RANGE, day, scale)
            night.customers += judged
            night.tiers += moved
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [rolling.PAIRS])
    return night


def value_customer(*customers: int, day: dt.date) -> None:
    """These customers at once, inside the caller's transaction: somebody has changed what decides their tiers.

    All lines first: one that went from one of them to the other counts for both.
    """
    last, scale = months.last_full(day), scale_in_force()
    for line in Subscription.objects.filter(customer__in=customers).order_by("pk").values_list("pk", flat=True):
        value_lines(line, line + 1, last)
    for one in sorted(customers):
        judge_customers(one, one + 1, day, scale)


def _ranges(table: str, column: str) -> range:
    """Their first ids, the same each night: what is noted as touched lies within one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(min({column}), 0), coalesce(max({column}), -1) FROM {table}")
        low, high = cursor.fetchone()
    return range(low - low % RANGE, high + 1, RANGE)
