"""What an empty sweep costs while a million clocks run."""

import statistics
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from django.db import connection

from crm.cases.sweep import sweep
from crm.demo.bench import fill, table

ROUNDS = 500


def run(options: Namespace) -> dict[str, Any]:
    fill.cases(options.n or 1_000_000)
    swept = _median_ms(sweep)
    probe = _median_ms(_probe)
    figures = {"sweep_ms": round(swept, 3), "ratio": round(swept / probe, 2), "plan": _plan()}
    table.show("Empty sweep", ["figure", "value"], (figures | {"bare_probe_ms": round(probe, 3)}).items())
    return figures


def _median_ms(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _probe() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_slaclock WHERE wake_at <= statement_timestamp() AND NOT is_archive LIMIT 1")
        cursor.fetchone()


def _plan() -> str:
    """The index that serves the sweep: its shape is what a test holds on to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT id FROM cases_slaclock WHERE wake_at <= statement_timestamp() "
            "AND is_archive = false AND wake_for = 'mark' ORDER BY wake_at LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED"
        )
        return "clock_wake" if "clock_wake" in str(cursor.fetchone()[0]) else "other"
