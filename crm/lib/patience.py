"""How long a question may take: somebody waits for it, or nobody does and it is made in the background."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import OperationalError
from psycopg2.errors import QueryCanceled

_hurried: ContextVar[bool] = ContextVar("hurried", default=True)


class TooLong(Exception):
    """The question takes longer to count than it may."""


@contextmanager
def unhurried() -> Iterator[None]:
    """Nobody waits: everything inside has the background's time, also where a page's own limit is written."""
    before = _hurried.set(False)
    try:
        yield
    finally:
        _hurried.reset(before)


@contextmanager
def patient(seconds: float | None = None) -> Iterator[None]:
    """A block whose statements may take that long (settings.REPORT_SECONDS). Raises TooLong, and leaves nothing."""
    if not _hurried.get():
        seconds = settings.REPORT_BACKGROUND_SECONDS
    limit = int((settings.REPORT_SECONDS if seconds is None else seconds) * 1000)
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Compiling these queries to machine code takes longer than it saves.
            cursor.execute("SET LOCAL jit = off; SET LOCAL statement_timeout = %s", [limit])
            yield
            if nested:
                cursor.execute("SET LOCAL jit = DEFAULT; SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLong from error
        raise


def fetch(sql: str, parameters: dict[str, Any], *, seconds: float | None = None) -> list[tuple[Any, ...]]:
    """All rows of one question. Raises TooLong."""
    with patient(seconds), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
