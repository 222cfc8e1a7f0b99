"""Customers and their lines from a file. What people have entered stays: a file only fills what is empty."""

from django.db import connection

from crm.billing.loading.fields import quoted
from crm.billing.loading.mapping import Mapping
from crm.billing.loading.turns import Turn
from crm.billing.loading.writing import Written
from crm.customers.lines.states import NEAREST_POSTPAID, NEAREST_PREPAID
from crm.customers.models import ContactPoint, Customer, Product, Subscription
from crm.customers.products import ensure_products
from crm.lib.inserting import insert_select

FILLED = {"name": "''", "honorific": "''", "sex": "''", "city": "''", "birth_date": None, "since": None}

# Looked up once a statement, not once a row.
NEXT = "(SELECT pg_get_serial_sequence('customers_customer', 'id')::regclass)"


def find_people(mapping: Mapping) -> None:
    """Gives `judged` the columns customer_id and fresh. Facts are locked: whoever else makes lines waits."""
    _run("ALTER TABLE judged ADD COLUMN customer_id bigint, ADD COLUMN fresh boolean")
    _find(mapping)


def write_people(mapping: Mapping, turn: Turn) -> Written:
    """The judged rows as customers, lines and contacts; counts customers."""
    _products(mapping)
    turn.name(_about() if turn.paired else ())
    if not turn.is_apart():
        turn.wait_to_write()
        _find(mapping)
    new = _count("SELECT count(*) FROM judged WHERE fresh AND problem IS NULL")
    changed = _fill(mapping)
    _make(mapping)
    lines = _lines(mapping) if "line" in mapping.named else 0
    if "email" in mapping.named:  # two customers may give the same one
        turn.wait_to_write()
    _contacts()
    _before(mapping)
    taken = _count("SELECT count(*) FROM judged WHERE problem IS NULL")
    return Written(new, changed, taken - new - changed, lines)


def _about() -> set[object]:
    """Lines, and the customers that are known: two rows may mean one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT line, CASE WHEN NOT fresh THEN customer_id END FROM judged WHERE problem IS NULL")
        return {one for row in cursor.fetchall() for one in row if one is not None}


def _products(mapping: Mapping) -> None:
    ensure_products()
    if mapping.product:
        Product.objects.get_or_create(code=mapping.product, defaults={"postpaid": mapping.postpaid})
    _run(f"""
        UPDATE judged SET problem = 'product|product' WHERE problem IS NULL AND line IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM customers_product p WHERE p.code = {_product(mapping)})
    """)


def _product(mapping: Mapping) -> str:
    return f"coalesce(product, {quoted(mapping.product)})"


def _find(mapping: Mapping) -> None:
    """By the other system's id, else by the line; whoever is neither becomes a new customer."""
    _run(f"""
        UPDATE judged SET customer_id = coalesce(known.id, nextval({NEXT})),
            fresh = known.id IS NULL
        FROM (
            SELECT j.row, j.part, coalesce(e.customer_id, s.customer_id) AS id FROM judged j
            LEFT JOIN billing_externalid e ON e.source = {quoted(mapping.source)} AND e.value = j.reference
            LEFT JOIN customers_subscription s
                ON s.msisdn = j.line AND s.state NOT IN ('removed', 'recycled') AND e.customer_id IS NULL
            WHERE j.problem IS NULL
        ) known WHERE judged.row = known.row AND judged.part = known.part
    """)


def _fill(mapping: Mapping) -> int:
    """What the record lacks and the file has."""
    named = [name for name in FILLED if name in mapping.named] + (["since"] if _counts_months(mapping) else [])
    if not named:
        return 0
    blank = {name: f"c.{name} = ''" if FILLED[name] else f"c.{name} IS NULL" for name in named}
    sets = ", ".join(f"{name} = CASE WHEN {blank[name]} THEN {_given(name, mapping)} ELSE c.{name} END"
                     for name in named)  # fmt: skip
    lacking = " OR ".join(f"({blank[name]} AND {_said(name, mapping)})" for name in named)
    return _run(f"""
        UPDATE customers_customer c SET {sets} FROM judged j
        WHERE j.customer_id = c.id AND j.problem IS NULL AND c.erased_at IS NULL AND ({lacking})
    """)


def _given(name: str, mapping: Mapping) -> str:
    given = f"coalesce(j.since, {_since(mapping)})" if name == "since" else f"j.{name}"
    return f"coalesce({given}, '')" if FILLED[name] else given


def _said(name: str, mapping: Mapping) -> str:
    return f"coalesce(j.since, {_since(mapping)}) IS NOT NULL" if name == "since" else f"j.{name} IS NOT NULL"


def _counts_months(mapping: Mapping) -> bool:
    return "months" in mapping.named and mapping.as_of is not None and "since" not in mapping.named


def _since(mapping: Mapping) -> str:
    """Months on the network, counted back from the day of the file."""
    if not _counts_months(mapping):
        return "NULL::date"
    return f"({quoted(str(mapping.as_of))}::date - j.months * interval '1 month')::date"


def _make(mapping: Mapping) -> None:
    columns = {
        "id": "j.customer_id", "kind": "coalesce(j.kind, 'person')", "language": "coalesce(j.language, 'id')",
        "created_at": "now()",
    }  # fmt: skip
    columns |= {name: _given(name, mapping) for name in FILLED}
    insert_select(Customer, "judged j WHERE j.fresh AND j.problem IS NULL", columns)
    _run(f"""
        INSERT INTO billing_externalid (customer_id, source, value)
        SELECT customer_id, {quoted(mapping.source)}, reference FROM judged WHERE problem IS NULL
        ON CONFLICT DO NOTHING
    """)


def _lines(mapping: Mapping) -> int:
    """Those that nobody has; a line of the other system that has ended is known, too. How many were made."""
    state = _state("p.postpaid")
    columns = {
        "customer_id": "j.customer_id", "msisdn": "j.line", "product_id": "p.code", "postpaid": "p.postpaid",
        "state": state, "state_since": "now()", "arpu": "coalesce(j.monthly, 0)",
        "activated_on": f"coalesce(j.since, {_since(mapping)})",
        "ended_on": f"CASE WHEN {state} IN ('removed', 'recycled') THEN {_day(mapping)} END",
    }  # fmt: skip
    nobody_has = f"""judged j JOIN customers_product p ON p.code = {_product(mapping)}
        WHERE j.problem IS NULL AND j.line IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM customers_subscription s WHERE s.msisdn = j.line
                AND (s.customer_id = j.customer_id OR s.state NOT IN ('removed', 'recycled')))"""
    return _run(insert_select(Subscription, nobody_has, columns, raw=True))


def _state(postpaid: str) -> str:
    """As the file says; a state that this kind of line does not know becomes the nearest that it does."""
    said = "coalesce(j.state, 'active')"

    def nearest(states: dict[str, str]) -> str:
        whens = " ".join(f"WHEN {quoted(before)} THEN {quoted(after)}" for before, after in states.items())
        return f"CASE {said} {whens} ELSE {said} END"

    return f"(CASE WHEN {postpaid} THEN {nearest(NEAREST_POSTPAID)} ELSE {nearest(NEAREST_PREPAID)} END)"


def _day(mapping: Mapping) -> str:
    return f"{quoted(str(mapping.as_of))}::date" if mapping.as_of else "current_date"


def _contacts() -> None:
    """Claims until somebody proves them; what another customer holds stays there."""
    for kind, value, only in (("email", "j.email", "true"), ("msisdn", "j.line", "j.line LIKE '+%'")):
        columns = {"customer_id": "j.customer_id", "kind": quoted(kind), "value": value, "created_at": "now()"}
        source = f"judged j WHERE j.problem IS NULL AND {value} IS NOT NULL AND {only}"
        insert_select(ContactPoint, source, columns, ending="ON CONFLICT DO NOTHING")


def _before(mapping: Mapping) -> None:
    """What a line has brought until the file was made. It is no month's revenue, and never becomes ARPU."""
    if not {"line", "total"} <= set(mapping.named):
        return
    month = mapping.as_of.year * 12 + mapping.as_of.month - 1 if mapping.as_of else 0
    _run(f"""
        INSERT INTO billing_linemonths AS kept
            (subscription_id, newest, first, revenue, minutes_in, minutes_out, megabytes, before)
        SELECT s.id, {month}, {month + 1}, '{{}}', '{{}}', '{{}}', '{{}}', j.total
        FROM judged j JOIN customers_subscription s ON s.msisdn = j.line AND s.customer_id = j.customer_id
        WHERE j.problem IS NULL AND j.total IS NOT NULL
        ON CONFLICT (subscription_id) DO UPDATE SET before = EXCLUDED.before
        WHERE kept.before IS DISTINCT FROM EXCLUDED.before
    """)


def _run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
