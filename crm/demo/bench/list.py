"""The first 25 of a queue through the API, with token, throttle and permissions; the floor is its SQL alone."""

from argparse import Namespace
from typing import Any

from crm.demo.bench import calls, fill, load, table
from crm.demo.bench.load import Request

PATH = "/api/v1/cases?queue=unassigned&limit=25"


def run(options: Namespace) -> dict[str, Any]:
    fill.cases(options.n or 1_000_000)
    request = Request("GET", PATH, calls.api_headers())
    statements = calls.queries_of(request)
    listing = next(statement for statement in statements if "ORDER BY" in statement and "cases_case" in statement)
    sql_ms = calls.median_ms(lambda: calls.fetch(listing))
    with load.server() as port:
        load.measure(port, lambda _i: request, clients=options.clients, seconds=1)  # connections open, caches warm
        rates = load.measure(port, lambda _i: request, clients=options.clients, seconds=options.seconds)
    floor = 1000 / sql_ms
    show(rates, sql_ms, floor)
    return {
        "rps": rates.rps,
        "p99_ms": rates.p99_ms,
        "sql_ms": sql_ms,
        "queries": len(statements),
        "ratio": rates.rps / floor,
    }


def show(rates: load.Rates, sql_ms: float, floor: float) -> None:
    rows = [("API list", rates.rps, rates.p50_ms, rates.p99_ms), ("its SQL, one connection", floor, sql_ms, "")]
    table.show("First 25 of a queue", ["", "per second", "p50 ms", "p99 ms"], rows)
