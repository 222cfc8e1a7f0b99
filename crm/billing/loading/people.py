"""Customers and their lines from a file. What people have entered stays: a file only fills what is empty."""

from django.db import connection

from crm.billing.loading.fields import quoted
from crm.billing.loading.mapping import Mapping
from crm.billing.loading.staging import Lookup
from crm.billing.loading.turns import Turn
from crm.billing.loading.writing import Written
from crm.customers.lines.states import NEAREST_POSTPAID, NEAREST_PREPAID
from crm.customers.models import ContactPoint, Customer, Product, Subscription
from crm.customers.products import ensure_products
from crm.lib.inserting import insert_select

FILLED = {"name": "''", "honorific": "''", "sex": "''", "city": "''", "birth_date": None, "since": None}

# Looked up once a statement, not once a row.
NEXT = "(SELECT pg_get_serial_sequence('customers_customer', 'id')::regclass)"
HELD_BY = """SELECT s.customer_id FROM customers_subscription s
    WHERE s.msisdn = judged.line AND s.state NOT IN ('removed', 'recycled')"""


def customer_of(mapping: Mapping) -> Lookup:
    """`customer_id` of a judged row: by the other system's id (`known_as`), else by the line (`held_by`); whoever is
    neither becomes a new customer (`fresh`). Facts are locked: whoever else makes lines waits."""
    return Lookup(
        f"""known_as, held_by, problem IS NULL AND coalesce(known_as, held_by) IS NULL AS fresh,
            coalesce(known_as, held_by, CASE WHEN problem IS NULL THEN nextval({NEXT}) END) AS customer_id""",
        f"CROSS JOIN LATERAL (SELECT ({_known_as(mapping)}) AS known_as, ({HELD_BY}) AS held_by OFFSET 0) known",
    )


def write_people(mapping: Mapping, turn: Turn) -> Written:
    """The judged rows as customers, lines and contacts; counts customers."""
    _products(mapping)
    about = _about() if turn.paired else set()
    if not turn.is_apart(about):
        turn.wait_to_write()
        _find_again(mapping)
        about = _about()  # whom the batch above made: the one below must know before it writes
    turn.name(about)
    if "line" in mapping.named:
        _join_doubled()
    new = _count("SELECT count(*) FROM judged WHERE fresh AND problem IS NULL")
    _make(mapping)
    changed = _fill(mapping)
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


def _known_as(mapping: Mapping) -> str:
    return f"""SELECT e.customer_id FROM billing_externalid e
        WHERE e.source = {quoted(mapping.source)} AND e.value = judged.reference"""


def _find_again(mapping: Mapping) -> None:
    """Now that the batch above is committed. Who is still nobody keeps the id that was allotted."""
    _run(f"UPDATE judged SET known_as = ({_known_as(mapping)}), held_by = ({HELD_BY}) WHERE problem IS NULL")
    _run("""
        UPDATE judged SET fresh = coalesce(known_as, held_by) IS NULL,
            customer_id = coalesce(known_as, held_by, customer_id)
        WHERE problem IS NULL
    """)


def _join_doubled() -> None:
    """Of the rows about one living line that nobody has, the first makes it; of the others, those of nobody yet are
    about its customer. So it is where they stand in two batches."""
    _run("""
        WITH living AS (
            SELECT row, line, customer_id, first_value(customer_id) OVER lines AS holder,
                row_number() OVER lines AS place
            FROM judged WHERE problem IS NULL AND line IS NOT NULL AND held_by IS NULL
                AND coalesce(state, 'active') NOT IN ('removed', 'recycled')
            WINDOW lines AS (PARTITION BY line ORDER BY row)
        )
        UPDATE judged j SET held_by = holder, fresh = false,
            customer_id = CASE WHEN j.fresh THEN holder ELSE j.customer_id END
        FROM living WHERE living.row = j.row AND place > 1
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
        WHERE j.customer_id = c.id AND j.problem IS NULL AND NOT j.fresh AND c.erased_at IS NULL AND ({lacking})
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
        SELECT customer_id, {quoted(mapping.source)}, reference FROM judged WHERE problem IS NULL AND known_as IS NULL
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
        WHERE j.problem IS NULL AND j.line IS NOT NULL AND j.held_by IS NULL AND (j.fresh OR NOT EXISTS (
            SELECT 1 FROM customers_subscription s WHERE s.msisdn = j.line AND s.customer_id = j.customer_id))"""
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
        SELECT DISTINCT ON (s.id) s.id, {month}, {month + 1}, '{{}}', '{{}}', '{{}}', '{{}}', j.total
        FROM judged j JOIN customers_subscription s ON s.msisdn = j.line AND s.customer_id = j.customer_id
        WHERE j.problem IS NULL AND j.total IS NOT NULL ORDER BY s.id, j.row DESC
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
