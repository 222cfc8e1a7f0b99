"""From a file's cells to the rows of one account's archive, whatever format the file has."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from social import columns, csvfile, threads
from social.columns import Refusal, Row, handle
from social.csvfile import FileFault

# Raises Refusal; None for a row of somebody else's archive.
Reader = Callable[[list[str]], Row | None]


def reader(path: Path, names: list[str], *, sha256: str, account: str, until: dt.datetime, strays: bool) -> Reader:
    """Raises FileFault when the file has brands and the account is none of them.

    Of a file that is read once for each brand, one reading alone (`strays`) tells what cannot be taken.
    """
    if not csvfile.form_of(names).has_brands:
        return lambda cells: columns.read(names, cells, brand=account, until=until)
    gathered, written = brands_of(path, sha256)
    if handle(account) not in gathered.brands:
        raise FileFault("no_such_brand", account=account, brands=", ".join(sorted(written.values(), key=str.lower)))

    def read(cells: list[str]) -> Row | None:
        try:
            return threads.read(columns.cells_by_name(names, cells), gathered, brand=account, until=until)
        except Refusal:
            if strays:
                raise
            return None

    return read


@lru_cache(maxsize=1)
def brands_of(path: Path, _sha256: str) -> tuple[threads.Threads, dict[str, str]]:
    """The threads of the whole file, and its brands; kept while one brand after the other is read."""
    with csvfile.rows(path) as (names, body):
        return threads.gather(_values(names, body), until=dt.datetime.max.replace(tzinfo=dt.UTC))


def _values(names: list[str], body: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    for cells in body:
        if len(cells) == len(names):  # another length is refused when the row is read
            yield columns.cells_by_name(names, cells)
