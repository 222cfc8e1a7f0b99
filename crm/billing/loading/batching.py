"""A file's rows by the ten thousand, as text that the server can COPY."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from crm.billing.loading.mapping import Mapping
from crm.billing.loading.reading import Rows, spoilt

Cells = list[str]


class Batch:
    """Up to some ten thousand rows: those that can be judged as text on its way into `staged`, the others in `unread`
    with a reason. `first` is the number of the first one; `begins` and `position` are bytes around them."""

    def __init__(self, mapping: Mapping, names: Sequence[str], rows: list[Cells], *, first: int, odd: bool) -> None:
        self.rows, self.first = rows, first
        self.begins, self.position, self.is_last = 0, 0, False
        self.unread = {row: why for row, cells in self.numbered() if (why := _unread(cells, len(names), odd))}
        places = {name: place for place, name in reversed(list(enumerate(names)))}
        self.text = io.StringIO()
        write = csv.writer(self.text).writerows
        for number, part in enumerate(mapping.parts):
            of_part = [places[name] for names in part.columns.values() for name in names]
            write([row, number, *(cells[place] for place in of_part)]
                  for row, cells in self.numbered() if row not in self.unread)  # fmt: skip

    def numbered(self) -> Iterable[tuple[int, Cells]]:
        return enumerate(self.rows, start=self.first)

    def cells(self, row: int) -> Cells:
        return self.rows[row - self.first]

    @property
    def is_empty(self) -> bool:
        return len(self.unread) == len(self.rows)


def _unread(cells: Cells, columns: int, odd: bool) -> str:
    return "cells" if len(cells) != columns else "encoding" if odd and spoilt(cells) else ""


def batches(rows: Rows, mapping: Mapping, names: Sequence[str], *, first: int, size: int) -> Iterator[Batch]:
    """What is left of the file; `first`: number of its next row."""
    body, begins = iter(rows), rows.position
    while cells := list(islice(body, size)):
        batch = Batch(mapping, names, cells, first=first, odd=rows.odd)
        batch.begins, batch.position, batch.is_last = begins, rows.position, len(cells) < size
        begins, first = rows.position, first + len(cells)
        yield batch
