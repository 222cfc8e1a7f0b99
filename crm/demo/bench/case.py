"""One case through the API, each time another; the floor is its SQL alone. The desk's page is measured beside it."""

import random
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from crm.cases.models import Case
from crm.demo.bench import calls, fill, load, table
from crm.demo.bench.load import Request
from crm.staff.models import User

SAMPLE = 2_000  # cases asked for, spread over all: the cache of the database must not make the figure


def run(options: Namespace) -> dict[str, Any]:
    fill.cases(options.n or 1_000_000)
    numbers = spread()
    team = User.objects.get(username="bench-0").team_id
    own = list(Case.objects.filter(team=team).values_list("number", flat=True)[:SAMPLE])
    request = Request("GET", f"/api/v1/cases/{numbers[0]}", calls.api_headers())
    calls.queries_of(request)  # names are read once in a while
    statements = calls.queries_of(request)
    sql_ms = calls.median_ms(lambda: [calls.fetch(one) for one in statements])
    with load.server() as port:
        api = calls.rates(port, asking("/api/v1/cases/{}", calls.api_headers(), numbers), options)
        page = calls.rates(port, asking("/cases/{}/", calls.agent_headers(), own), options)
    floor = 1000 / sql_ms
    table.show(
        "One case",
        ["", "per second", "p50 ms", "p99 ms"],
        [
            ("API", api.rps, api.p50_ms, api.p99_ms),
            ("desk page", page.rps, page.p50_ms, page.p99_ms),
            ("SQL of the API's answer, one connection", floor, sql_ms, ""),
        ],
    )
    return {"rps": api.rps, "p99_ms": api.p99_ms, "queries": len(statements), "ratio": api.rps / floor}


def spread() -> list[int]:
    """Numbers of live cases all over the table, the same in each run."""
    chance = random.Random(1)
    highest = Case.objects.order_by("-id").values_list("id", flat=True)[0]
    ids = [chance.randint(1, highest) for _ in range(SAMPLE)]
    return list(Case.objects.live().filter(pk__in=ids).values_list("number", flat=True))


def asking(path: str, headers: dict[str, str], numbers: list[int]) -> Callable[[int], Request]:
    return lambda i: Request("GET", path.format(numbers[i % len(numbers)]), headers)
