"""How the tables are emptied after a test that commits: the rows of those that hold some, instead of all files anew."""

from django.db import connection, transaction
from django.test import TransactionTestCase

# What `migrate` wrote for Django itself and no test changes; its own way deletes both and writes them again.
KEPT = {"django_content_type", "auth_permission"}
MANY = 1_000_000  # bytes, from which on a new file is quicker than deleting each row, and leaves no dead ones behind
GROWN = 250_000  # bytes that hold nothing and are read again and again
SIZES = (
    "SELECT relname, pg_relation_size(oid) FROM pg_class"
    " WHERE relname = ANY(%s) AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0"
)


def empty_tables(_case: TransactionTestCase | None = None) -> None:
    """Leaves what Django's own flush leaves, in a tenth of its time. Waits as it does for whoever is at work."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    names = ", ".join(map(connection.ops.quote_name, sorted(tables)))
    with transaction.atomic(), connection.cursor() as cursor:
        # No foreign key is asked and no trigger refuses: everything goes.
        cursor.execute(f"LOCK TABLE {names}; SET LOCAL session_replication_role = replica")
        cursor.execute(SIZES, [list(tables)])
        if filled := cursor.fetchall():
            cursor.execute("; ".join(_emptied(*row) for row in filled))


def _emptied(table: str, size: int) -> str:
    name = connection.ops.quote_name(table)
    return f"TRUNCATE {name} CASCADE" if size > MANY else f"DELETE FROM {name}"


def vacuum_grown() -> None:
    """What rolled back tests left in tables: autovacuum is off (tests/template.py)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            " AND pg_relation_size(oid) > %s",
            [GROWN],
        )
        if names := ", ".join(connection.ops.quote_name(name) for (name,) in cursor.fetchall()):
            cursor.execute(f"VACUUM {names}")
