"""On the real file: how many lines the stages of use pick, counted from the file itself."""

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from tests.billing.test_known_files import ARPU

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not ARPU.exists(), reason=f"SAPA_DATA does not hold arpu_monthly/{ARPU.name}"),
]
COUNTED = ("total_ic_mou", "total_og_mou", "vol_2g_mb", "vol_3g_mb")


def said(*args: str) -> str:
    out = StringIO()
    call_command("caring_evaluate", "--as-of", "2014-08-31", *args, stdout=out)
    return out.getvalue()


def use(row, month):
    return sum(Decimal(row[f"{name}_{month}"] or 0) for name in COUNTED)


def test_the_stages_of_use_pick_whom_the_file_itself_says(capsys):
    call_command("import_billing", ARPU, mapping="arpu-months")
    with ARPU.open() as file:
        uses = {row["mobile_number"]: [use(row, month) for month in (6, 7, 8)] for row in csv.DictReader(file)}
    silent = {number for number, (_, _, last) in uses.items() if last == 0}
    fallen = {number for number, (a, b, last) in uses.items() if a + b and 5 * last <= a + b}
    visited = {n for n, (a, b, last) in uses.items() if (b == last == 0) or (a + b and 2 * last >= 3 * (a + b))}
    picked = {stage: one["picked"] for stage, one in json.loads(said("--json"))["stages"].items()}
    assert [picked[stage] for stage in ("21", "22", "23")] == [len(silent), len(fallen), len(visited)]
    assert [len(silent), len(fallen), len(visited)] == [65, 132, 72]
    assert set(said("--stage", "22", "--list").split()) == fallen
