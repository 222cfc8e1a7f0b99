"""The first 25 of a queue through the API, with token, throttle and permissions; the floor is its SQL alone."""

from argparse import Namespace
from typing import Any

from crm.cases.models import Case
from crm.demo.bench import calls, fill, load, table
from crm.demo.bench.load import Request
from crm.staff.models import User

PATH = "/api/v1/cases?queue=unassigned&limit=25"
COUNT_UP_TO = 1_000  # the desk shows 999+


def run(options: Namespace) -> dict[str, Any]:
    fill.cases(options.n or 1_000_000)
    request = Request("GET", PATH, calls.api_headers())
    calls.queries_of(request)  # names and policy are read once
    statements = calls.queries_of(request)
    sql = next(one for one in statements if "ORDER BY" in one and 'FROM "cases_case"' in one)
    sql_ms = calls.median_ms(lambda: calls.fetch(sql))
    with load.server() as port:
        api = calls.rates(port, request, options)
        page = calls.rates(port, Request("GET", "/desk/?queue=unassigned", calls.agent_headers()), options)
    floor = 1000 / sql_ms
    table.show(
        "First 25 of a queue",
        ["", "per second", "p50 ms", "p99 ms"],
        [
            ("API", api.rps, api.p50_ms, api.p99_ms),
            ("desk page", page.rps, page.p50_ms, page.p99_ms),
            ("SQL of the API's list, one connection", floor, sql_ms, ""),
            ("counts of five queues, one connection", "", calls.median_ms(counts, times=20), ""),
        ],
    )
    figures = {"rps": api.rps, "p99_ms": api.p99_ms, "sql_ms": sql_ms, "queries": len(statements)}
    return figures | {"ratio": api.rps / floor}


def counts() -> list[int]:
    """What stands beside the queues: never counted further than it is shown."""
    mine = Case.objects.live().visible_to(User.objects.get(username="bench-0"))
    queues = (mine.running(), mine.unassigned(), mine.waiting(), mine.overdue(), mine.at_risk())
    return [len(queue.order_by().values_list("pk")[:COUNT_UP_TO]) for queue in queues]
