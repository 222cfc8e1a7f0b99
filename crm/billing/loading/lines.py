"""Whose line a row is about: found by its number or the other system's id, made where the mapping says so."""

from django.db import connection

from crm.billing.loading.fields import quoted
from crm.billing.loading.mapping import Mapping
from crm.billing.loading.staging import Lookup
from crm.customers.models import Customer, Product, Subscription
from crm.lib.inserting import insert_select

# Two runs that meet the same unknown line would make it twice.
LOCK = 0x5A43


def line_of(mapping: Mapping) -> Lookup:
    """`subscription_id` and `customer_id` of a judged row."""
    return Lookup(
        "found.id AS subscription_id, found.customer_id", f"LEFT JOIN LATERAL ({_line(mapping)}) found ON true"
    )


def _line(mapping: Mapping) -> str:
    """A query a row, by the index: one for all rows would read every line there is.

    A number that was recycled is whoever's it was in that month: a bill never reaches the new holder.
    """
    month = mapping.sheet.month
    then = "true"
    if not mapping.external and month != "NULL::date":
        then = f"""(s.ended_on IS NULL OR s.ended_on >= ({month}))
            AND (s.activated_on IS NULL OR s.activated_on < ({month}) + interval '1 month')"""
    return f"""
        SELECT s.id, s.customer_id FROM customers_subscription s WHERE s.msisdn = judged.line AND {then}
        ORDER BY s.state IN ('removed', 'recycled'), s.id DESC LIMIT 1
    """


def refuse_unknown() -> None:
    _run("UPDATE judged SET problem = 'line|unknown' WHERE problem IS NULL AND subscription_id IS NULL")


def lines_met() -> set[object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT subscription_id FROM judged WHERE problem IS NULL")
        return {number for (number,) in cursor.fetchall()}


def allot_lines(mapping: Mapping) -> None:
    """Where the mapping makes lines, unknown numbers have theirs allotted: `make_lines` writes them once it is known
    which rows count."""
    missing = "SELECT DISTINCT line FROM judged WHERE problem IS NULL AND subscription_id IS NULL"
    if _one(f"SELECT count(*) FROM ({missing}) m"):
        _run(f"SELECT pg_advisory_xact_lock({LOCK})")
        _run(f"""
            UPDATE judged SET (subscription_id, customer_id) = ({_line(mapping)})
            WHERE problem IS NULL AND subscription_id IS NULL
        """)
    _run(f"""
        DROP TABLE IF EXISTS fresh;
        CREATE TEMP TABLE fresh ON COMMIT DROP AS SELECT line,
            nextval(pg_get_serial_sequence('customers_customer', 'id')) AS customer_id,
            nextval(pg_get_serial_sequence('customers_subscription', 'id')) AS id
        FROM ({missing}) m;
        UPDATE judged SET subscription_id = fresh.id, customer_id = fresh.customer_id FROM fresh
        WHERE judged.problem IS NULL AND judged.subscription_id IS NULL AND judged.line = fresh.line
    """)


def make_lines(mapping: Mapping) -> int:
    """Customers without a name and their lines, of the rows that were not refused; how many. Nobody is invented, the
    record is filled by whoever knows."""
    if not mapping.create:
        return 0
    _run("DELETE FROM fresh WHERE id NOT IN (SELECT subscription_id FROM judged WHERE problem IS NULL)")
    made = _one("SELECT count(*) FROM fresh")
    if not made:
        return 0
    Product.objects.get_or_create(code=mapping.product, defaults={"postpaid": mapping.postpaid})
    insert_select(Customer, "fresh", {"id": "customer_id", "created_at": "now()"})
    insert_select(
        Subscription,
        "fresh",
        {
            "id": "id", "customer_id": "customer_id", "msisdn": "line", "product_id": quoted(mapping.product),
            "postpaid": str(mapping.postpaid), "state_since": "now()", "activated_on": _activated_on(mapping),
        },
    )  # fmt: skip
    if mapping.external:
        at = len(mapping.source) + 2
        _run(f"""
            INSERT INTO billing_externalid (customer_id, source, value)
            SELECT customer_id, {quoted(mapping.source)}, substr(line, {at}) FROM fresh ON CONFLICT DO NOTHING
        """)
    return made


def _activated_on(mapping: Mapping) -> str:
    """Of a line in `fresh`: by the newest month that says how long it has been on the network."""
    if "days_on_network" not in mapping.named:
        return "NULL::date"
    return """(SELECT max((month + interval '1 month')::date - days_on_network) FROM judged
        WHERE judged.line = fresh.line AND problem IS NULL)"""


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _one(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
