"""A second connection, for what only two can show: who waits, who wins."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@contextmanager
def somebody_else() -> Iterator[Callable[..., Future[Any]]]:
    """`with somebody_else() as does: later = does(function, …)`; the function runs on a connection of its own."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda function, *args, **kwargs: pool.submit(_on_own_connection, function, args, kwargs)


def _on_own_connection(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return function(*args, **kwargs)
    finally:
        connection.close()


def until_somebody_waits(seconds: float = 60) -> None:
    """Returns when the other connection is held up by a lock of this one."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        while cursor.fetchone() == (0,):
            assert time.monotonic() < deadline, "nobody waits"
            cursor.execute(WAITING)
