"""What a list shows, as CSV or XLSX: the same rows, the same masking."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
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
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, suffix: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """A download named `name`.`suffix`; 404 for another kind.

    Written to a file on disk row by row, so that a long list is never held in memory, and whole before it is sent.
    """
    if suffix not in TYPES:
        raise Http404
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    WRITERS[suffix](file, name, head, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.{suffix}", content_type=TYPES[suffix])


def _csv(file: IO[bytes], _name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")  # without the mark spreadsheets take it for something older
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    text.detach()


def _xlsx(file: IO[bytes], name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet(name[:31])
    page.append(list(head))
    for row in rows:
        page.append([_naive(cell) for cell in row])
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
    """Text of a customer must not run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
