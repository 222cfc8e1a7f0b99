"""A file's rows on their way to the server: handed on line by line or read cell by cell, they are the same rows."""

import csv
import io
from itertools import product
from pathlib import Path

import pytest
from django.db import connection

from crm.billing.loading.batching import Batch, PlainBatch, batches
from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import read_mapping
from crm.billing.loading.reading import Rows, heading

HEAD = "a;b;c\n"
MAPPING = """
kind = "customers"
source = "crm"
delimiter = ";"
[columns]
reference = "a"
name = "b"
"""
PLAIN = "1;Rina;x\n"


def of(tmp_path: Path, rows: str | bytes, head: str = HEAD, size: int = 2) -> list[Batch]:
    path = tmp_path / "rows.csv"
    path.write_bytes(head.encode() + (rows if isinstance(rows, bytes) else rows.encode()))
    mapping = read_mapping(MAPPING)
    names, begins = heading(path, mapping)
    with path.open("rb") as file:
        return list(batches(Rows(file, mapping, begins), mapping, names, first=2, size=size))


def sent(batch: Batch) -> list[tuple[str, str, str]]:
    """Row, reference and name."""
    value = batch.text.getvalue()
    text = value if isinstance(value, str) else value.decode()
    places = [0, *(1 + list(batch.columns).index(name) for name in ("a", "b"))]
    return [tuple(cells[at] for at in places) for cells in csv.reader(io.StringIO(text), delimiter=batch.delimiter)]


@pytest.mark.parametrize(
    ("rows", "plain"),
    [
        (PLAIN, True),
        (PLAIN.rstrip(), True),
        (PLAIN.replace("\n", "\r\n") * 2, True),
        (PLAIN + PLAIN.replace("\n", "\r\n"), False),
        (PLAIN.replace("Rina", '"Rina"'), False),
        (PLAIN.replace("Rina", "Zoë"), False),
        (PLAIN.replace("Rina", "R\0na"), False),
        (PLAIN + "\n" + PLAIN, False),
        ("1;Rina\n2;Budi;y;z\n", False),
    ],
)
def test_only_what_the_server_reads_as_we_do_is_handed_on_as_it_stands(tmp_path, rows, plain):
    assert isinstance(of(tmp_path, rows)[0], PlainBatch) is plain


def test_a_wide_file_and_one_of_a_single_column_are_read(tmp_path):
    wide = ";".join(f"c{number}" for number in range(50))
    for head, row in ((f"a;b;{wide}\n", ";" * 51 + "\n"), ("a;b\n", "1;2\n")):
        assert isinstance(of(tmp_path, row, head)[0], PlainBatch) is (head == "a;b\n")


def test_plain_batches_and_others_follow_each_other_row_by_row_and_byte_by_byte(tmp_path):
    rows = [PLAIN, "2;Budi;\n", '3;"Si\nti";\n', "\n", "4;Sari;\n", "5;Ayu;\n", "6;Dewi;\n", "7;Tono\n", "8;Zoë;\n"]
    made = of(tmp_path, "".join(rows))
    assert [isinstance(batch, PlainBatch) for batch in made] == [True, False, True, False]
    assert [row for batch in made for row in sent(batch)] == [
        ("2", "1", "Rina"), ("3", "2", "Budi"), ("4", "3", "Si\nti"), ("5", "4", "Sari"), ("6", "5", "Ayu"),
        ("7", "6", "Dewi"), ("9", "8", "Zoë"),
    ]  # fmt: skip
    assert made[3].unread == {8: "cells"}
    edges = [batch.begins for batch in made] + [made[-1].position]
    assert edges == [len(HEAD), *(len((HEAD + "".join(rows[:n])).encode()) for n in (2, 5, 7, 9))]


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_means_something_to_some_readers_is_read_alike_by_the_server_and_by_us(tmp_path, end):
    odd = ["\\.", "\\N", "\\", "'", "#", "NULL", "", " ", "\t", "\x0b", "\x1a", "\x1c", "\x7f", ","]
    (plain,) = of(tmp_path, "".join(f"{a};{b};{end}" for a in odd for b in odd), size=1000)
    assert isinstance(plain, PlainBatch)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staged (row int, a text, b text, c text) ON COMMIT DROP")
        cursor.cursor.copy_expert("COPY staged FROM STDIN (FORMAT csv, DELIMITER ';')", plain.text)
        cursor.execute("SELECT row, coalesce(a, ''), coalesce(b, ''), coalesce(c, '') FROM staged ORDER BY row")
        read = cursor.fetchall()
    assert read == [(row, *plain.cells(row)) for row in range(2, 2 + len(odd) ** 2)]
    assert read == [(row, a, b, "") for row, (a, b) in enumerate(product(odd, odd), start=2)]


def test_the_cells_of_a_refused_row_are_those_of_the_file(tmp_path):
    plain, read = of(tmp_path, PLAIN.replace("\n", "\r\n") * 2 + '"1";Rina;x\n')
    assert plain.cells(3) == read.cells(4) == ["1", "Rina", "x"]


def test_a_line_that_ends_in_the_middle_of_a_cell_is_a_fault_that_says_so(tmp_path):
    with pytest.raises(FileFault, match="tengah sel"):
        of(tmp_path, PLAIN.replace("Rina", "Ri\rna"))
