"""Writing many rows: an INSERT … SELECT that knows a model's own defaults, and a commit that nobody waits for."""

from __future__ import annotations

from typing import Any

from django.db import connection, models


def insert_select(
    model: type[models.Model], source: str, columns: dict[str, str], *, ending: str = "", raw: bool = False
) -> str:
    """INSERT INTO `model` SELECT `columns` (attribute: SQL) FROM `source`; a field not named takes the model's own
    default. `ending`: what stands behind, such as ON CONFLICT. Returns the statement; `raw` only makes it."""
    fields = [f for f in model._meta.concrete_fields if f.attname in columns or not _by_database(f)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(columns.get(field.attname) or _default(field) for field in fields)
    statement = f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source} {ending}"
    if not raw:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    return statement


def _by_database(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField) or field.has_db_default()


def _default(field: models.Field[Any, Any]) -> str:
    """As SQL; quoted by the driver."""
    kept = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor:
        return str(cursor.mogrify("%s", [kept]).decode()) + f"::{field.db_type(connection)}"


def commit_lazily() -> None:
    """Nobody waits for the disk at the end of this transaction. For one that keeps with its rows how far it has come: a
    crash of the database server takes both away, and they are done once more."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
