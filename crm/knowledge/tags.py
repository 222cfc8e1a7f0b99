"""What rooms above say to this one: the categories by which articles are tagged, and what is disturbed just now."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from crm.staff.models import User

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Disturbance:
    """Something that is known to be wrong while it lasts."""

    name: str
    title: str
    place: str
    since: dt.datetime
    url: str


_topics: list[Callable[[], Choices]] = []
_disturbances: list[Callable[[User], list[Disturbance]]] = []


def register(*, topics: Callable[[], Choices], disturbances: Callable[[User], list[Disturbance]]) -> None:
    """From an AppConfig.ready(). `topics`: code and name of each category, in the reader's language."""
    _topics.append(topics)
    _disturbances.append(disturbances)


def topics() -> Choices:
    return [one for source in _topics for one in source()]


def disturbances(user: User) -> list[Disturbance]:
    """Those that this user may see, the newest first."""
    return [one for source in _disturbances for one in source(user)]
