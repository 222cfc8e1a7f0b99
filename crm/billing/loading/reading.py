"""A CSV file, row by row, from any byte on: bytes that are no text spoil their row, not the file."""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import Mapping

LONGEST_CELL = 100_000  # a longer one is an unclosed quotation mark
DELIMITERS = ",;\t|"
BOM = codecs.BOM_UTF8


class Rows:
    """Iterates over the cells of each row; `position` is the byte after it. Blank lines are no rows.

    `odd`: of what was read, something may be spoilt.
    """

    def __init__(self, file: IO[bytes], mapping: Mapping, position: int = 0) -> None:
        self.file, self.encoding = file, mapping.encoding
        self.position, self.odd = position, False
        file.seek(position)
        csv.field_size_limit(LONGEST_CELL)
        self.reader = csv.reader(self._lines(), delimiter=mapping.delimiter)

    def _lines(self) -> Iterator[str]:
        for line in self.file:
            begins = not self.position
            self.position += len(line)
            self.odd = self.odd or not line.isascii() or b"\0" in line
            text = line.removeprefix(BOM) if begins else line
            yield text.decode(self.encoding, "surrogateescape")

    def lines(self, most: int) -> list[bytes]:
        """The next lines as they stand, at most so many."""
        found = list(islice(self.file, most))
        self.position += sum(map(len, found))
        return found

    def go_back(self, position: int) -> None:
        """To a byte after which a row begins."""
        self.file.seek(position)
        self.position = position

    def __iter__(self) -> Iterator[list[str]]:
        try:
            for cells in self.reader:
                if cells:
                    yield cells
        except csv.Error as error:
            if "new-line" in str(error):
                raise FileFault(
                    _("A line ends in the middle of a cell. Save the file with one kind of line end.")
                ) from None
            raise FileFault(_("The file cannot be read as CSV. A quotation mark is probably not closed.")) from None


def heading(path: Path, mapping: Mapping) -> tuple[list[str], int]:
    """Names of the columns, and the byte after them. Raises FileFault naming what is missing."""
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            raise FileFault(_("The file is UTF-16. Save it as CSV UTF-8."))
        rows = Rows(file, mapping)
        first = next(iter(rows), None)
    if first is None:
        raise FileFault(_("The file is empty."))
    names = [name.strip() for name in first]
    missing = [name for name in mapping.needed if name not in names]
    if missing:
        raise FileFault(_missing(missing, names))
    if doubled := [name for name in mapping.needed if names.count(name) > 1]:
        raise FileFault(_("These columns stand in the heading twice: %(names)s.") % {"names": ", ".join(doubled)})
    return names, rows.position


def _missing(missing: list[str], names: list[str]) -> str:
    sentence = _("The heading lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)}
    if len(names) == 1 and any(mark in names[0] for mark in DELIMITERS):
        sentence += " " + _("The cells seem to be parted otherwise than the mapping says.")
    return sentence


def spoilt(cells: list[str]) -> bool:
    """A cell holds bytes that are no text, or a character that no text can hold."""
    text = "".join(cells)
    return (not text.isascii() and any("\udc80" <= one <= "\udcff" for one in text)) or "\0" in text


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
