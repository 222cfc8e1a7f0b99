"""The presence of a day as strips: where each state begins and how long it lasts, in percent of what is shown. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from crm.staff.models import PresenceSpan
from crm.staff.words import Presence

LEAST = dt.timedelta(hours=8)  # a day that has hardly begun is not drawn as if it were long


@dataclass(frozen=True)
class Window:
    """From when to when the day is shown: whole hours, by the reader's clock."""

    begin: dt.datetime
    end: dt.datetime

    def place(self, at: dt.datetime) -> float:
        """Percent of the window that lies before `at`."""
        return 100 * min(max((at - self.begin) / (self.end - self.begin), 0.0), 1.0)

    def hours(self) -> list[tuple[float, dt.datetime]]:
        """Marks every two hours."""
        step, at, marks = dt.timedelta(hours=2), self.begin, []
        while at < self.end:
            marks.append((self.place(at), at))
            at += step
        return marks


@dataclass(frozen=True)
class Strip:
    presence: str
    x: str
    width: str
    since: dt.datetime
    until: dt.datetime

    @property
    def word(self) -> str:
        return str(Presence(self.presence).label)


def window_of(spans: Iterable[PresenceSpan], midnight: dt.datetime, now: dt.datetime) -> Window:
    """From the hour in which the first came today, to the next full hour."""
    came = [max(span.since, midnight) for span in spans if span.presence != Presence.AWAY]
    end = _hour(now) + dt.timedelta(hours=1)
    begin = min([_hour(at.astimezone(midnight.tzinfo)) for at in came] or [end - LEAST])
    return Window(max(min(begin, end - LEAST), midnight), end)


def strips(spans: Iterable[PresenceSpan], window: Window, now: dt.datetime) -> list[Strip]:
    """One a state; what lies outside the window is cut off. Numbers as text: an attribute knows no decimal comma."""
    found = []
    for span in spans:
        since, until = max(span.since, window.begin), min(span.until or now, window.end)
        if until > since:
            x, end = window.place(since), window.place(until)
            found.append(Strip(span.presence, f"{x:.2f}", f"{max(end - x, 0.3):.2f}", since, until))
    return found


def _hour(at: dt.datetime) -> dt.datetime:
    return at.replace(minute=0, second=0, microsecond=0)
