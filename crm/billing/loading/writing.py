"""From judged rows to facts: doubles within the file, references of other lines, then one upsert that leaves alone
what is the same."""

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from crm.billing.loading.fields import quoted
from crm.billing.loading.mapping import Mapping
from crm.billing.loading.sheets import Sheet
from crm.billing.models import Load


@dataclass(frozen=True)
class Written:
    new: int = 0
    changed: int = 0
    known: int = 0
    made: int = 0


def refuse_doubles(load_id: int, mapping: Mapping, reference: str) -> None:
    """`reference`: SQL of what tells a fact. The first row with it counts, however far above; others are refused."""
    sheet = mapping.sheet
    subscription = "subscription_id" if sheet.model else "NULL::bigint"
    named = sheet.reference[-1] if sheet.model else "reference"
    columns = f"{load_id}, md5({reference})::uuid, {subscription}, {sheet.month}, {sheet.revenue}"
    if _all_said(columns):
        return
    _run(f"""
        WITH digested AS MATERIALIZED (
            SELECT row, part, md5({reference})::uuid AS digest, {subscription} AS subscription_id,
                {sheet.month} AS month, {sheet.revenue} AS revenue
            FROM judged WHERE problem IS NULL
        ),
        ordered AS (SELECT *, row_number() OVER (PARTITION BY digest ORDER BY row, part) AS n FROM digested),
        said AS (
            INSERT INTO billing_said (load_id, digest, subscription_id, month, revenue)
            SELECT {load_id}, digest, subscription_id, month, revenue FROM ordered WHERE n = 1
            ON CONFLICT DO NOTHING RETURNING digest
        )
        UPDATE judged SET problem = {quoted(named + "|double")}
        FROM ordered LEFT JOIN said ON said.digest = ordered.digest AND ordered.n = 1
        WHERE judged.row = ordered.row AND judged.part = ordered.part AND said.digest IS NULL
    """)


def _all_said(columns: str) -> bool:
    """Most batches have no double: a third of the time of finding them. With one, nothing is said yet."""
    try:
        with transaction.atomic():
            _run(f"""
                INSERT INTO billing_said (load_id, digest, subscription_id, month, revenue)
                SELECT {columns} FROM judged WHERE problem IS NULL
            """)
    except IntegrityError:
        return False
    return True


def refuse_elsewhere(load_id: int, mapping: Mapping) -> None:
    """A bill does not move to another line because somebody mistyped its number. What this file itself says of two
    lines is a double, whether the first is committed or not yet."""
    sheet = mapping.sheet
    if sheet.model is None or "subscription_id" in sheet.reference:
        return
    name = sheet.reference[0]
    problem = quoted(name + "|elsewhere")
    found = _run(f"""
        UPDATE judged j SET problem = {problem} WHERE problem IS NULL AND j.subscription_id <> (
            SELECT kept.subscription_id FROM {sheet.model._meta.db_table} kept WHERE kept.{name} = j.{name}
        )
    """)
    if found:
        _run(f"""
            UPDATE judged j SET problem = NULL FROM billing_said s
            WHERE j.problem = {problem} AND s.load_id = {load_id} AND s.digest = md5(j.{name}::text)::uuid
        """)


def refuse_sums(mapping: Mapping) -> None:
    if mapping.kind == Load.Kind.BILLS:
        _run("UPDATE judged SET problem = 'total|sum' WHERE problem IS NULL AND total <> net + tax")


def check_constraints() -> None:
    """What would be checked when the transaction is committed."""
    _run("SET CONSTRAINTS ALL IMMEDIATE")


def write_facts(load_id: int, mapping: Mapping) -> Written:
    sheet = mapping.sheet
    assert sheet.model is not None
    columns = _columns(mapping)
    insert = f"""
        INSERT INTO {sheet.model._meta.db_table} AS kept
            (customer_id, subscription_id, load_id, recorded_at, {", ".join(columns)})
        SELECT customer_id, subscription_id, {load_id}, now(), {", ".join(columns.values())}
        FROM judged WHERE problem IS NULL
    """
    try:
        with transaction.atomic():
            return Written(new=_run(insert))  # most files are new: a third of the time of looking for each fact
    except IntegrityError:
        return _insert_or_change(insert, [name for name in columns if name not in sheet.reference], sheet)


def _insert_or_change(insert: str, named: list[str], sheet: Sheet) -> Written:
    with connection.cursor() as cursor:
        cursor.execute(f"""
            WITH written AS (
                {insert}
                ON CONFLICT ({", ".join(sheet.reference)}) DO UPDATE
                SET load_id = EXCLUDED.load_id, recorded_at = EXCLUDED.recorded_at,
                    {", ".join(f"{name} = EXCLUDED.{name}" for name in named)}
                WHERE ({", ".join(f"kept.{name}" for name in named)})
                    IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in named)})
                RETURNING xmax = 0 AS fresh
            )
            SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh),
                (SELECT count(*) FROM judged WHERE problem IS NULL)
            FROM written
        """)
        new, changed, taken = cursor.fetchone()
    return Written(new, changed, taken - new - changed)


def _columns(mapping: Mapping) -> dict[str, str]:
    """Column of the fact: SQL over `judged`. What the file says nothing about is left as it is."""
    sheet, columns = mapping.sheet, {}
    named = set(mapping.named)
    for field in sheet.fields:
        if field.name in {"line", "bill", "days_on_network"}:
            continue
        if field.name in sheet.derived:
            columns[field.name] = sheet.derived[field.name]
        elif field.name in named:
            columns[field.name] = f"coalesce({field.name}, '')" if field.kind == "text" else field.name
    if "bill" in named:
        columns["bill_id"] = "(SELECT b.id FROM billing_bill b WHERE b.number = judged.bill)"
    return columns


def _run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)
