"""Batches in pairs, each half through a connection and a transaction of its own: both are judged and written at a time
where they are about different lines, and committed in the file's order."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from itertools import chain
from threading import Barrier, Event

from django.db import connection

from crm.billing import rolling
from crm.billing.loading.batching import Batch
from crm.billing.loading.faults import FileFault

PAIR = 2


class Behind(Exception):
    """The first of the pair was not written: neither is the second."""


class Turn:
    """One batch's place in the order: `before` is the first of its pair. Only the second ever waits for the other."""

    def __init__(self, before: "Turn | None" = None, *, paired: bool = False) -> None:
        self.before, self.paired, self.failed = before, paired, False
        self.about: set[object] = set()
        self.locked, self.named, self.committed = Event(), Event(), Event()

    def lock_facts(self) -> None:
        """In order: whoever waits for both is never waited for by the first, which the second waits for."""
        if self.before:
            self._wait(self.before.locked)
        rolling.lock_facts(paired=self.paired)
        self.locked.set()

    def wait_to_name(self) -> None:
        """Until what the first of the pair says can be known, so that doubles of it are found."""
        if self.before:
            self._wait(self.before.named)

    def name(self, about: Iterable[object]) -> None:
        """`about`: whatever must not be written by both at a time."""
        self.about = set(about)
        self.named.set()

    def is_apart(self) -> bool:
        return self.before is None or self.about.isdisjoint(self.before.about)

    def wait_to_write(self) -> None:
        if self.before:
            self._wait(self.before.committed)

    def _wait(self, step: Event) -> None:
        step.wait()
        if self.before and self.before.failed:
            raise Behind

    def over(self, *, failed: bool) -> None:
        self.failed = failed
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
        _in_pairs(chain([first], coming), take)


def _in_pairs(made: Iterator[Batch], take: Take) -> None:
    """While one pair is written the next is read; its faults are raised once the pair is done."""
    pairs = _pairs(made)
    with ThreadPoolExecutor(PAIR) as writers, ThreadPoolExecutor(1) as readers:
        try:
            coming = _read(readers, pairs)
            while pair := coming.result():
                coming = _read(readers, pairs)
                with rolling.alone_with_facts():
                    _write(writers, take, pair)
        finally:
            _close(writers)


def _pairs(made: Iterator[Batch]) -> Iterator[list[Batch]]:
    """What stands above a fault comes before it is raised."""
    pair: list[Batch] = []
    try:
        for batch in made:
            pair.append(batch)
            if len(pair) == PAIR:
                yield pair
                pair = []
    except FileFault:
        if pair:
            yield pair
        raise
    if pair:
        yield pair


def _read(readers: ThreadPoolExecutor, pairs: Iterator[list[Batch]]) -> Future[list[Batch] | None]:
    words = copy_context()  # faults speak the language of whoever loads
    return readers.submit(words.run, lambda: next(pairs, None))


def _write(writers: ThreadPoolExecutor, take: Take, pair: list[Batch]) -> None:
    first = Turn(paired=True)
    turns = [first, Turn(first, paired=True)]
    begun = [writers.submit(_one, take, batch, turn) for batch, turn in zip(pair, turns, strict=False)]
    try:
        for one in begun:
            one.result()
    finally:
        wait(begun)  # also where this thread was interrupted: until then nobody else may begin


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
