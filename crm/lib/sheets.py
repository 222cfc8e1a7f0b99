"""What a list shows, as CSV or XLSX: the same rows, the same masking."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from openpyxl import Workbook

Cell = str | int | float | dt.datetime | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, suffix: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse | FileResponse:
    """A download named `name`.`suffix`; 404 for another kind."""
    match suffix:
        case "csv":
            return _csv(name, head, rows)
        case "xlsx":
            return _xlsx(name, head, rows)
    raise Http404


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")  # without it spreadsheets take UTF-8 for something older
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return response


def _xlsx(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    book = Workbook(write_only=True)
    page = book.create_sheet(name[:31])
    page.append(list(head))
    for row in rows:
        page.append([_naive(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


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
