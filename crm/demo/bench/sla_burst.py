"""Ten thousand clocks due at one instant, each with its breach and event: how long until the last is found?"""

import time
from argparse import Namespace
from typing import Any

from django.db import connection, transaction

from crm.demo.bench import clocks, fill, table

AT_ONCE, SIZE = 10_000, 1_000_000
LEAD = 5.0


def run(options: Namespace) -> dict[str, Any]:
    number = options.n or AT_ONCE
    fill.cases(SIZE)
    with clocks.clock_workers(2):
        ids = clocks.put_due(number, spacing_seconds=0, lead_seconds=3600)
        bare = _bare_update(ids)
        clocks.put_due_at_once(ids, lead_seconds=LEAD)
        time.sleep(max(clocks.seconds_left(ids), 0) + 5)
    found = clocks.detections(ids)
    clocks.put_back(ids)
    last = max(milliseconds for _, milliseconds in found)
    figures = {
        "last_ms": round(last, 1),
        "ratio": round(last / bare, 2),
        "missed": sum(count == 0 for count, _ in found),
        "doubled": sum(count > 1 for count, _ in found),
    }
    table.show(
        f"{number} due at one instant", ["figure", "value"], (figures | {"bare_update_ms": round(bare, 1)}).items()
    )
    return figures


def _bare_update(ids: list[int]) -> float:
    """The floor of the same run: one UPDATE that gives as many rows a verdict, rolled back. Milliseconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("UPDATE cases_slaclock SET verdict = 'missed', wake_at = NULL WHERE id = ANY(%s)", [ids])
        taken = (time.perf_counter() - began) * 1000
        transaction.set_rollback(True)
    return taken
