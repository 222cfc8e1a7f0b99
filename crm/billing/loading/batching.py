"""A file's rows by the ten thousand, as text that the server can COPY."""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from crm.billing.loading.mapping import Mapping
from crm.billing.loading.reading import DELIMITERS, LONGEST_CELL, Rows, spoilt

Cells = list[str]
MOST_COLUMNS = 40  # of a file that is handed on as it stands; of a wider one only what the mapping names


class Batch(ABC):
    """Up to some ten thousand rows: those that can be judged as text on its way into `staged`, the others in `unread`
    with a reason. `first` is the number of the first one; `begins` and `position` are bytes around them.

    `text` has each row's number and its cells in `columns`, some of the file's, or all.
    """

    def __init__(self, *, first: int, size: int, columns: Sequence[str], text: io.BytesIO | io.StringIO) -> None:
        self.first, self.size, self.columns, self.text = first, size, columns, text
        self.delimiter = ","
        self.begins, self.position, self.is_last = 0, 0, False
        self.unread: dict[int, str] = {}

    @abstractmethod
    def cells(self, row: int) -> Cells:
        """Of the row with this number, as the file has them."""

    @property
    def is_empty(self) -> bool:
        return len(self.unread) == self.size


class ReadBatch(Batch):
    """Rows that were read cell by cell."""

    def __init__(self, mapping: Mapping, names: Sequence[str], rows: list[Cells], *, first: int, odd: bool) -> None:
        text = io.StringIO()
        super().__init__(first=first, size=len(rows), columns=mapping.needed, text=text)
        places = [names.index(name) for name in mapping.needed]
        self.rows = rows
        self.unread = {row: why for row, cells in self._numbered() if (why := _unread(cells, len(names), odd))}
        csv.writer(text).writerows(
            [row, *(cells[place] for place in places)] for row, cells in self._numbered() if row not in self.unread
        )

    def _numbered(self) -> Iterable[tuple[int, Cells]]:
        return enumerate(self.rows, start=self.first)

    def cells(self, row: int) -> Cells:
        return self.rows[row - self.first]


class PlainBatch(Batch):
    """Lines that the server reads as we would: most files are nothing else, and it is ten times as fast."""

    def __init__(self, mapping: Mapping, names: Sequence[str], lines: list[bytes], *, first: int) -> None:
        mark = mapping.delimiter.encode()
        text = b"".join(chain.from_iterable((b"%d" % row, mark, line) for row, line in enumerate(lines, start=first)))
        text = text.replace(b"\r\n", b"\n")
        super().__init__(first=first, size=len(lines), columns=names, text=io.BytesIO(text))
        self.lines, self.delimiter = lines, mapping.delimiter

    def cells(self, row: int) -> Cells:
        line = self.lines[row - self.first].decode("ascii").rstrip("\r\n")
        return line.split(self.delimiter)


def _unread(cells: Cells, columns: int, odd: bool) -> str:
    return "cells" if len(cells) != columns else "encoding" if odd and spoilt(cells) else ""


def batches(rows: Rows, mapping: Mapping, names: Sequence[str], *, first: int, size: int) -> Iterator[Batch]:
    """What is left of the file; `first`: number of its next row."""
    begins = rows.position
    while batch := _plain(rows, mapping, names, first, size) or _read(rows, mapping, names, first, size):
        batch.begins, batch.position, batch.is_last = begins, rows.position, batch.size < size
        begins, first = rows.position, first + batch.size
        yield batch


def _plain(rows: Rows, mapping: Mapping, names: Sequence[str], first: int, size: int) -> Batch | None:
    begins = rows.position
    lines = rows.lines(size)
    if not lines or not _are_plain(lines, mapping, len(names)):
        rows.go_back(begins)
        return None
    return PlainBatch(mapping, names, lines, first=first)


def _are_plain(lines: list[bytes], mapping: Mapping, columns: int) -> bool:
    """One row each, of the right number of cells, without quotation marks, of ASCII alone, ended in one way."""
    if mapping.delimiter not in DELIMITERS or not 1 < columns <= MOST_COLUMNS or max(map(len, lines)) > LONGEST_CELL:
        return False
    text = b"".join(lines)
    if not text.isascii() or b'"' in text or b"\0" in text:
        return False
    returns = text.count(b"\r")
    if returns and not returns == text.count(b"\r\n") == text.count(b"\n"):
        return False
    mark = mapping.delimiter.encode()
    return all(line.count(mark) == columns - 1 for line in lines)


def _read(rows: Rows, mapping: Mapping, names: Sequence[str], first: int, size: int) -> Batch | None:
    cells = list(islice(iter(rows), size))
    return ReadBatch(mapping, names, cells, first=first, odd=rows.odd) if cells else None
