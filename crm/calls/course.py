"""How a call went, from what the exchange told: in any order, doubled or late, the same facts say the same. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from crm.calls.words import CallState, Step

ORDER = {step: place for place, step in enumerate(Step)}


@dataclass(frozen=True)
class Told:
    """One event. `agent`: where it rings, who answered; of a transfer, to whom."""

    kind: str
    at: dt.datetime
    agent: int | None = None


@dataclass
class Course:
    """`agent`: where it rings or who talks; once it has ended, who talked last. `since`: of the present state."""

    began_at: dt.datetime
    since: dt.datetime
    state: str = CallState.RINGING
    agent: int | None = None
    talked: int | None = None
    answered_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None

    def take(self, told: Told) -> None:
        was = self.state
        match told.kind:
            case Step.RINGING | Step.TRANSFERRED:
                self._ring(told)
            case Step.ANSWERED | Step.RESUMED:
                self.state, self.agent = CallState.TALKING, told.agent or self.agent
                self.talked, self.answered_at = self.agent, self.answered_at or told.at
            case Step.HELD:
                self.state = CallState.HELD
            case Step.ENDED:
                self.state, self.ended_at = CallState.ENDED, told.at
                self.agent = self.talked or self.agent
        if self.state != was:
            self.since = told.at

    def _ring(self, told: Told) -> None:
        """At somebody new; that it rang where somebody talks already was told late."""
        if told.agent is None or (told.agent == self.agent and self.state != CallState.RINGING):
            return
        self.state, self.agent, self.since = CallState.RINGING, told.agent, told.at


def course_of(events: Iterable[Told]) -> Course:
    """At least one event. What lies after the end belongs to it no more."""
    ordered = sorted(events, key=lambda told: (told.at, ORDER[Step(told.kind)]))
    course = Course(ordered[0].at, ordered[0].at)
    for told in ordered:
        if course.ended_at is None:
            course.take(told)
    return course
