"""How late is a breach found? A million running clocks, fifty due a second, two workers, one of them killed."""

import time
from argparse import Namespace
from typing import Any

import redis
from django.conf import settings

from crm.demo.bench import clocks, fill, table

A_SECOND = 50
LEAD = 3.0


def run(options: Namespace) -> dict[str, Any]:
    """Undisturbed for the figures; then again with a worker killed by -9 and the broker flushed, for what is lost."""
    fill.cases(options.n or 1_000_000)
    number = int(A_SECOND * options.seconds)
    calm = _round(number, disturbed=False)
    rough = _round(number, disturbed=True)
    late = sorted(milliseconds for _, milliseconds in calm)
    every_second = _polling_each_second(number)
    figures = {
        "p50_ms": round(table.percentile(late, 50), 2),
        "p99_ms": round(table.percentile(late, 99), 2),
        "missed": sum(count == 0 for count, _ in calm + rough),
        "doubled": sum(count > 1 for count, _ in calm + rough),
        "ratio": round(table.percentile(late, 99) / every_second, 4),
    }
    table.show(
        "Breach found after its deadline",
        ["figure", "value"],
        (figures | {"due": 2 * number, "polling_p99_ms": every_second}).items(),
    )
    return figures


def _round(number: int, *, disturbed: bool) -> list[tuple[int, float]]:
    with clocks.clock_workers(2) as workers:
        ids = clocks.put_due(number, spacing_seconds=1 / A_SECOND, lead_seconds=LEAD)
        time.sleep(max(clocks.seconds_left(ids) / 2, 0))
        if disturbed:
            clocks.kill_hard(workers[0])
            redis.Redis.from_url(settings.REDIS_URL).flushdb()
        time.sleep(max(clocks.seconds_left(ids), 0) + 2)
    found = clocks.detections(ids)
    clocks.put_back(ids)
    return found


def _polling_each_second(number: int) -> float:
    """The peer: p99 in milliseconds of a sweep each full second over the same deadlines, were it instant."""
    waits = [1000 * (1 - (i / A_SECOND) % 1) for i in range(number)]
    return table.percentile(sorted(waits), 99)
