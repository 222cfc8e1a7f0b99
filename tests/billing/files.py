"""Small files of facts, and their mappings."""

from pathlib import Path

from crm.billing.actions import begin_load
from crm.billing.loading.running import run_load
from crm.billing.models import Load

BILLS = """
kind = "bills"
source = "bill"
lines = "msisdn"
decimal = ","
thousands = "."
dates = ["YYYY-MM", "DD/MM/YYYY", "YYYY-MM-DD"]
[columns]
line = "MSISDN"
number = "No"
month = "Bulan"
net = "Netto"
tax = "PPN"
due = "Jatuh tempo"
"""
HEAD = "MSISDN,No,Bulan,Netto,PPN,Jatuh tempo\n"
USAGE = """
kind = "usage"
source = "arsip"
create = true
product = "simPATI"
factor = 1000
[columns]
line = "id"
[months."2026-09"]
charged = "a9"
megabytes = ["d9", "e9"]
[months."2026-10"]
charged = "a10"
megabytes = ["d10", "e10"]
"""
PEOPLE = """
kind = "customers"
source = "crm"
lines = "msisdn"
create = true
product = "simPATI"
[columns]
reference = "id"
name = "nama"
line = "nomor"
nik = "nik"
"""


def load(tmp_path: Path, text: str | bytes, mapping: str = BILLS, *, head: str = "", name: str = "facts.csv") -> Load:
    """The whole way of a file; `head` only for text."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else (head + text).encode())
    begun = begin_load(path=path, mapping=mapping, by=None)
    return run_load(begun, Path(begun.file.path))


def refused(done: Load) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.reason) for one in done.refusals.filter(noted=False)]
