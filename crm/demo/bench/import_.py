"""Files into the tables, every row validated: customers with their lines, then a month's bills on these lines.

The floor is COPY of the same rows into tables without an index, in the same run.
"""

import csv
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from django.db import connection

from crm.billing.loading.running import run_load
from crm.billing.models import Load
from crm.demo.bench import database, table

CUSTOMERS = """
kind = "customers"
source = "bench"
create = true
product = "kartuHALO"
[columns]
reference = "id"
name = "name"
line = "id"
city = "city"
since = "since"
"""
BILLS = """
kind = "bills"
source = "bench"
decimal = ","
thousands = "."
dates = ["YYYY-MM", "DD/MM/YYYY"]
[columns]
line = "line"
number = "number"
month = "month"
net = "net"
tax = "tax"
due = "due"
"""


def run(options: Namespace) -> dict[str, Any]:
    size = (options.n or 1_000_000) // 2
    with tempfile.TemporaryDirectory() as folder:
        people, bills = _people(Path(folder) / "people.csv", size), _bills(Path(folder) / "bills.csv", size)
        bare = _copied(people, 4) + _copied(bills, 6)
        used = database.processor_seconds()
        people_s, bills_s = _loaded(people, CUSTOMERS, size), _loaded(bills, BILLS, size)
    figures = {
        "rows_per_s": round(2 * size / (people_s + bills_s)), "customers_per_s": round(size / people_s),
        "bills_per_s": round(size / bills_s), "copy_per_s": round(2 * size / bare),
        "ratio": bare / (people_s + bills_s), "server_processor_s": database.processor_seconds() - used,
    }  # fmt: skip
    table.show(f"{size:,} customers with a line each, and {size:,} bills", ["figure", "value"], figures.items())
    return figures


def _people(path: Path, size: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "city", "since"])
        writer.writerows([i, f"Customer {i}", "Kota Bandung", f"20{i % 20 + 5:02}-0{i % 9 + 1}-1{i % 9}"]
                         for i in range(size))  # fmt: skip
    return path


def _bills(path: Path, size: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "number", "month", "net", "tax", "due"])
        writer.writerows([i, f"B-{i}", "2026-09", f"{i % 900 + 100}.000", "11.000", "20/10/2026"] for i in range(size))
    return path


def _copied(path: Path, columns: int) -> float:
    names = ", ".join(f"c{at} text" for at in range(columns))
    with connection.cursor() as cursor, path.open() as file:
        cursor.execute(f"CREATE TABLE bench_bare ({names})")
        began = time.perf_counter()
        cursor.cursor.copy_expert("COPY bench_bare FROM STDIN (FORMAT csv, HEADER)", file)
        taken = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_bare")
    return taken


def _loaded(path: Path, mapping: str, size: int) -> float:
    load = Load.objects.create(
        kind=Load.Kind.CUSTOMERS if mapping is CUSTOMERS else Load.Kind.BILLS, file_name=path.name, sha256="",
        mapping=mapping, size=path.stat().st_size,
    )  # fmt: skip
    began = time.perf_counter()
    done = run_load(load, path)
    taken = time.perf_counter() - began
    if (done.state, done.facts_new) != (Load.State.DONE, size):
        raise RuntimeError(f"{done.state}: {done.facts_new} of {size} taken, {done.rows_refused} refused")
    return taken
