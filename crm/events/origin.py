"""Through which door an act came in: facts that every event recorded meanwhile carries along."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

Facts = Mapping[str, str | int]
_origin: ContextVar[Facts] = ContextVar("origin", default=MappingProxyType({}))


@contextmanager
def through(**facts: str | int) -> Iterator[None]:
    """`with through(client=7): …` — ids and codes only, as in all events."""
    before = _origin.set({**_origin.get(), **facts})
    try:
        yield
    finally:
        _origin.reset(before)


def origin() -> Facts:
    return _origin.get()
