"""What a list shows, as CSV or XLSX: the same rows, the same masking."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse, Http404
from django.utils import timezone
from openpyxl import Workbook

Cell = str | int | float | dt.datetime | None
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ROWS_A_SHEET = 1_000_000  # a workbook's own limit is 1,048,576; what is longer goes on another sheet
FORMULA = ("=", "+", "-", "@")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # a workbook takes none of them


class Sheet(FileResponse):
    """A list that leaves the house under this name."""

    def __init__(self, file: IO[bytes], name: str, suffix: str) -> None:
        super().__init__(file, as_attachment=True, filename=f"{name}.{suffix}", content_type=TYPES[suffix])
        self.name = name


def sheet(name: str, suffix: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Sheet:
    """A download named `name`.`suffix`; 404 for another kind.

    Written to a file on disk row by row, so that a long list is never held in memory, and whole before it is sent.
    """
    if suffix not in TYPES:
        raise Http404
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    write(file, name, suffix, head, rows)
    file.seek(0)
    return Sheet(file, name, suffix)


def write(file: IO[bytes], name: str, suffix: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """The whole of it into an open file, row by row."""
    WRITERS[suffix](file, name, head, rows)


def _csv(file: IO[bytes], _name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")  # without the mark spreadsheets take it for something older
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    text.detach()


def _xlsx(file: IO[bytes], name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    book = Workbook(write_only=True)
    cells, number = iter(rows), 1
    while True:
        page = book.create_sheet(name[:28] + (f" {number}" if number > 1 else ""))
        page.append(list(head))
        written = 0
        for row in islice(cells, ROWS_A_SHEET):
            page.append([_naive(cell) for cell in row])
            written += 1
        if written < ROWS_A_SHEET:
            break
        number += 1
    book.save(file)


WRITERS = {"csv": _csv, "xlsx": _xlsx}


def _text(cell: Cell) -> Cell:
    if isinstance(cell, dt.datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
    return _harmless(cell)


def _naive(cell: Cell) -> Cell:
    """A spreadsheet knows no zones: the reader's."""
    if isinstance(cell, dt.datetime):
        return timezone.localtime(cell).replace(tzinfo=None)
    return _harmless(cell)


def _harmless(cell: Cell) -> Cell:
    """Text of a customer must not run as a formula, whatever blank stands before it, and must not break the file."""
    if not isinstance(cell, str):
        return cell
    text = UNPRINTABLE.sub("", cell)
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(FORMULA) else text
