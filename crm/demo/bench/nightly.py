"""ARPU and tiers of every line: a night in which nothing changed, and one in which everything did. Beside them the
measures of every customer, before there are any and once more.

The floor is a scan of what decides, lines beside their rolling rows, in the same run.
"""

import datetime as dt
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from crm.billing import months
from crm.billing.models import LineMonths
from crm.billing.nightly import value_everybody
from crm.customers.models import Customer, Product, Subscription
from crm.demo.bench import database, fill, table
from crm.lib.inserting import insert_select
from crm.segments.measuring import measure_everybody

LINES_A_CUSTOMER = 2
DAY = dt.date(2026, 11, 10)
TIMES = 3
SCAN = """
    SELECT sum(s.arpu), sum(m.revenue[1]) FROM billing_linemonths m
    JOIN customers_subscription s ON s.id = m.subscription_id
"""


def run(options: Namespace) -> dict[str, Any]:
    size = options.n or 2_000_000
    with transaction.atomic():
        fill._without_foreign_key_checks()
        _fill(size)
    value_everybody(DAY)
    _run("VACUUM (ANALYZE)")
    unchanged = min(_timed(lambda: value_everybody(DAY)) for _ in range(TIMES))
    scan = min(_timed(lambda: _run(SCAN)) for _ in range(TIMES))
    _run("UPDATE billing_linemonths SET revenue[1] = revenue[1] + 900 + 3 * mod(subscription_id::int, 30000)")
    _run("VACUUM (ANALYZE) billing_linemonths")
    _run("CHECKPOINT")
    began, used = time.perf_counter(), database.processor_seconds()
    night = value_everybody(DAY)
    changed, used = time.perf_counter() - began, database.processor_seconds() - used
    at = dt.datetime.combine(DAY, dt.time(), dt.UTC)
    measured, measured_again = (_timed(lambda: measure_everybody(at)) for _ in range(2))
    figures = {
        "unchanged_s": unchanged, "changed_s": changed, "ratio": unchanged / scan, "scan_s": scan,
        "changed_processor_s": used,
        "lines": night.lines, "customers": night.customers, "tiers": night.tiers,
        "measures_s": measured, "measures_unchanged_s": measured_again,
    }  # fmt: skip
    table.show(f"A night of {size:,} lines", ["figure", "value"], figures.items())
    return figures


def _fill(size: int) -> None:
    """Lines with three full months; a third of a million rupiah and less, as most bring."""
    Product.objects.get_or_create(code="simPATI")
    newest = months.last_full(DAY)
    for first, last in fill._ranges(1, size // LINES_A_CUSTOMER):
        insert_select(
            Customer, f"generate_series({first}, {last}) i", {"name": "'Customer ' || i", "created_at": "now()"}
        )
    low = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    for first, last in fill._ranges(1, size):
        line = {
            "customer_id": f"{low} + (i - 1) / {LINES_A_CUSTOMER}", "msisdn": "'+62811' || lpad(i::text, 9, '0')",
            "product_id": "'simPATI'", "state_since": "now()",
        }  # fmt: skip
        insert_select(Subscription, f"generate_series({first}, {last}) i", line)
    _fill_months(newest)


def _fill_months(newest: int) -> None:
    amount = "mod(id * 7919, 330000)::int"
    months_known = ", ".join(f"{amount} + {place * 500}" for place in range(3))
    columns = {
        "subscription_id": "id", "newest": str(newest), "first": str(newest - 2), "revenue": f"ARRAY[{months_known}]",
        "minutes_in": "ARRAY[10, 20, 30]", "minutes_out": "ARRAY[10, 20, 30]", "megabytes": "ARRAY[900, 800, 700]",
    }  # fmt: skip
    insert_select(LineMonths, "customers_subscription", columns)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
