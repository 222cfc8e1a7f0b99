"""Reading an archive of posts row by row, however large. Every fault of the file as a whole is a FileFault."""

import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from social import columns, threads
from social.words import FILE_ERRORS

UPLOAD_LIMIT = 64 * 1024 * 1024
LONGEST_CELL = 1_000_000  # a longer one is an unclosed quotation mark
OTHER_DELIMITERS = {";": ";", "\t": "Tab", "|": "|"}

csv.field_size_limit(LONGEST_CELL)


class FileFault(Exception):
    """`code` is a key of FILE_ERRORS; str() is the translated sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts

    def __str__(self) -> str:
        return str(FILE_ERRORS[self.code]) % self.facts


class Form(NamedTuple):
    """One of the formats that we take, told by its heading."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    has_brands: bool = False
    """Several brands in one file, each with its own archive."""


ARCHIVE = Form(columns.REQUIRED, columns.OPTIONAL)
THREADS = Form(threads.REQUIRED, threads.OPTIONAL, has_brands=True)


def form_of(names: list[str]) -> Form:
    return THREADS if threads.MARKS.issubset(names) else ARCHIVE


class Summary(NamedTuple):
    names: list[str]
    unknown: list[str]
    rows: int
    first: list[list[str]]
    sha256: str


def summarise(path: Path, *, show: int = 0) -> Summary:
    """Read the whole file once: is every byte text, is every row CSV, how many rows are there?

    Raises FileFault, so that a file that breaks in its middle stores nothing.
    """
    with rows(path) as (names, body):
        first = list(islice(body, show))
        count = len(first) + sum(1 for _ in body)
    if not count:
        raise FileFault("no_rows")
    return Summary(names, _check(names).unknown, count, first, fingerprint(path))


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def rows(path: Path) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    """The tidied heading and the rows under it; blank lines are no rows."""
    if not path.is_file():
        raise FileFault("missing")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = _guarded(file)
        heading = columns.tidy(next(reader, []))
        _refuse_unusable(heading)
        yield heading, reader


def _guarded(file: IO[str]) -> Iterator[list[str]]:
    """The non-blank rows, a decoding or CSV error turned into a FileFault naming the row."""
    row = 0
    try:
        for cells in csv.reader(file):
            if cells:
                yield cells
                row += 1
    except UnicodeDecodeError:
        raise FileFault("encoding", row=row) from None
    except csv.Error:
        raise FileFault("unreadable", row=row) from None


def _check(heading: list[str]) -> columns.Columns:
    form = form_of(heading)
    return columns.check(heading, form.required, form.optional)


def _refuse_unusable(heading: list[str]) -> None:
    if not any(heading):
        raise FileFault("empty")
    found = _check(heading)
    if found.missing:
        raise _other_delimiter(heading) or FileFault("columns", columns=", ".join(found.missing))
    if found.doubled:
        raise FileFault("doubled", columns=", ".join(found.doubled))


def _other_delimiter(heading: list[str]) -> FileFault | None:
    """A heading of one cell that falls apart at another mark was saved with that mark."""
    for mark, shown in OTHER_DELIMITERS.items():
        parts = columns.tidy(heading[0].split(mark))
        if len(heading) == 1 and not {*columns.REQUIRED, *threads.REQUIRED}.isdisjoint(parts):
            return FileFault("delimiter", found=shown)
    return None
