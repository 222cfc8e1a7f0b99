"""Batches two at a time, each through a connection and a transaction of its own: both are judged and written at a time
where they are about different lines, and committed in the file's order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from itertools import chain, islice
from threading import Barrier, Event

from django.db import connection

from crm.billing import rolling
from crm.billing.loading.batching import Batch
from crm.billing.loading.faults import FileFault

PAIR = 2
PATIENCE = 30  # seconds for a row that somebody else holds
STRETCH = 10  # batches, some seconds' work, after which others who write facts have their turn


class Behind(Exception):
    """The batch above was not written: neither is this one."""


class Turn:
    """One batch's place in the order: `before` is the one above it, which never waits for this one."""

    def __init__(self, before: "Turn | None" = None, *, paired: bool = False) -> None:
        self.before, self.paired, self.failed = before, paired, False
        self.about: set[object] = set()
        self.locked, self.named, self.committed = Event(), Event(), Event()

    def lock_facts(self) -> None:
        """In the file's order, so that whoever waits for both never stands between the upper batch and the lower one,
        which waits for it."""
        if self.before:
            self._wait(self.before.locked)
        rolling.lock_facts(paired=self.paired)
        if self.paired:
            self._wait_for_no_row_forever()
        self.locked.set()

    def _wait_for_no_row_forever(self) -> None:
        """Somebody who moves facts of two lines may hold one that this batch needs, and want one that the batch below
        holds, which waits for this one outside of the database: no server sees that. The load goes on later."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")

    def wait_to_name(self) -> None:
        """Until what the batch above says can be known, so that doubles of it are found."""
        if self.before:
            self._wait(self.before.named)

    def name(self, about: set[object]) -> None:
        """`about`: whatever must not be written by both at a time, all of it: the batch below may wait for a row that
        this one holds, and this one never for one of its rows."""
        self.about = about
        self.named.set()

    def is_apart(self, about: set[object]) -> bool:
        """Of what the batch above writes, once that is named."""
        return self.before is None or about.isdisjoint(self.before.about)

    def wait_to_write(self) -> None:
        if self.before:
            self._wait(self.before.committed)

    def _wait(self, step: Event) -> None:
        step.wait()
        if self.before and self.before.failed:
            raise Behind

    def over(self, *, failed: bool) -> None:
        self.failed, self.before = failed, None
        for step in (self.locked, self.named, self.committed):
            step.set()


Take = Callable[[Batch, Turn], None]


def take_all(made: Iterable[Batch], take: Take) -> None:
    """`take` writes one batch in a transaction. A single batch, or a caller's own transaction, needs no second
    connection. Raises what the first batch that failed raised; those above it are written, those below are not."""
    coming = iter(made)
    first = next(coming, None)
    if first is None:
        return
    if first.is_last or connection.in_atomic_block:
        for batch in chain([first], coming):
            take(batch, Turn())
    else:
        _side_by_side(chain([first], coming), take)


def _side_by_side(made: Iterator[Batch], take: Take) -> None:
    with ThreadPoolExecutor(PAIR) as writers, ThreadPoolExecutor(1) as readers:
        try:
            coming = _ahead(readers, made)
            while first := next(coming, None):
                with rolling.alone_with_facts():
                    _write(writers, take, chain([first], islice(coming, STRETCH - 1)))
        finally:
            _close(writers)


def _ahead(readers: ThreadPoolExecutor, made: Iterator[Batch]) -> Iterator[Batch]:
    """While some are written the next is read. What stands above a fault of the file comes before it is raised."""
    coming = _read(readers, made)
    while batch := coming.result():
        coming = _read(readers, made)
        yield batch


def _read(readers: ThreadPoolExecutor, made: Iterator[Batch]) -> Future[Batch | None]:
    words = copy_context()  # faults speak the language of whoever loads
    return readers.submit(words.run, lambda: next(made, None))


def _write(writers: ThreadPoolExecutor, take: Take, stretch: Iterable[Batch]) -> None:
    """Each beside the one above it; the next begins when the upper one of two is committed."""
    begun: deque[Future[None]] = deque()
    turn = None
    try:
        for batch in stretch:
            turn = Turn(turn, paired=True)
            begun.append(writers.submit(_one, take, batch, turn))
            if len(begun) == PAIR:
                begun[0].result()
                begun.popleft()
    except FileFault:  # of the reader, of what stands below
        _end(begun)
        raise
    finally:
        wait(begun)  # also where this thread was interrupted: until then nobody else may begin
    _end(begun)


def _end(begun: Iterable[Future[None]]) -> None:
    """Raises what the uppermost that failed raised."""
    for one in begun:
        one.result()


def _one(take: Take, batch: Batch, turn: Turn) -> None:
    failed = True
    try:
        take(batch, turn)
        failed = False
    finally:
        turn.over(failed=failed)


def _close(writers: ThreadPoolExecutor) -> None:
    """Each thread's connection: none takes two of these, as each waits for the other."""
    met = Barrier(PAIR)

    def close() -> None:
        connection.close()
        met.wait()

    for _writer in range(PAIR):
        writers.submit(close)
