"""What customers write lies harmless in a sheet."""

import csv
import io

import pytest
from openpyxl import load_workbook

from crm.lib.sheets import write


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("\n=1+1", "'\n=1+1"),
        ("\t@SUM(A1)", "'\t@SUM(A1)"),
        (" \x00 =1+1", "'  =1+1"),
        ("\x1f+62811", "'+62811"),
        ("no\x00 sig\x0bnal\x1b", "no signal"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_text_runs_no_formula_and_breaks_no_file(suffix: str, said: str, shown: str) -> None:
    file = io.BytesIO()
    write(file, "cases", suffix, ["Text"], [[said]])
    file.seek(0)
    if suffix == "csv":
        rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
    else:
        rows = [[str(cell) for cell in row] for row in load_workbook(file).active.values]
    assert rows == [["Text"], [shown]]
