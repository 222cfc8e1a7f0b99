"""What a message belongs to: the rooms above know (a case), this one only shows the way there."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from crm.messaging.models import Message


class Origin(NamedTuple):
    """`label` as people call it ('#24110001'), `url` of its page."""

    label: str
    url: str


Finder = Callable[[list[Message]], dict[int, Origin]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """From `AppConfig.ready()`: given messages, the origin of those it knows, by message id, in one query."""
    _finders.append(finder)


def origins_of(messages: Iterable[Message]) -> dict[int, Origin]:
    listed = list(messages)
    return {pk: origin for finder in _finders for pk, origin in finder(listed).items()}
