"""Clock arithmetic, pure: when a deadline falls, when to look again, what a stop means, which message waits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from crm.cases.words import Verdict


class Act(IntEnum):
    """What a mark asks for. The order is that at one instant: warn, then judge, then escalate."""

    WARN = 1
    BREACH = 2
    ESCALATE = 3


@dataclass(frozen=True, order=True)
class Mark:
    """A point on a clock, in percent of its time."""

    percent: int
    act: Act
    party: str = ""


Schedule = tuple[Mark, ...]


def schedule(warn_percents: Iterable[int], ladder: Iterable[tuple[int, str]]) -> Schedule:
    """All marks of a clock in order. `ladder` is (percent, party)."""
    warnings = [Mark(percent, Act.WARN) for percent in warn_percents]
    steps = [Mark(percent, Act.ESCALATE, party) for percent, party in ladder]
    return tuple(sorted([*warnings, Mark(100, Act.BREACH), *steps]))


def mark_at(due_at: dt.datetime, target_seconds: int, percent: int) -> dt.datetime:
    """When the mark falls. Counted back from the deadline, so that a pause moves marks and deadline together."""
    return due_at - dt.timedelta(seconds=target_seconds * (100 - percent) / 100)


def next_mark(
    marks: Schedule, passed: int, due_at: dt.datetime, target_seconds: int
) -> tuple[dt.datetime, Mark] | None:
    if passed >= len(marks):
        return None
    mark = marks[passed]
    return mark_at(due_at, target_seconds, mark.percent), mark


def verdict(due_at: dt.datetime, stopped_at: dt.datetime) -> Verdict:
    """In time is up to and including the deadline itself."""
    return Verdict.MET if stopped_at <= due_at else Verdict.MISSED


def resumed(due_at: dt.datetime, paused_at: dt.datetime, at: dt.datetime) -> dt.datetime:
    """The deadline after a pause: later by exactly as long as it lasted."""
    return due_at + max(at - paused_at, dt.timedelta())


def reopened_seconds(due_at: dt.datetime, settled_at: dt.datetime, minimum: int) -> int:
    """Settlement time of a reopened case: what was left when it was settled, at least `minimum` seconds."""
    return max(int((due_at - settled_at).total_seconds()), minimum)


@dataclass(frozen=True)
class Turn:
    """One time the customer waited for an answer. `stopped_at` None: still waiting."""

    started_at: dt.datetime
    stopped_at: dt.datetime | None


@dataclass(frozen=True)
class Said:
    """One message in a case's history. `ends` marks what ends the waiting: an answer by a person."""

    at: dt.datetime
    ends: bool
    only_follow_ups: bool = False  # settling answers a follow-up, never the first message


def turns(history: Iterable[Said]) -> list[Turn]:
    """How often, and how long, the customer waited: from the oldest unanswered message to the next answer.

    At one instant answers come first: an answer counts only when it is later than the message (domain.md §2).
    """
    found: list[Turn] = []
    waiting: dt.datetime | None = None
    for said in sorted(history, key=lambda said: (said.at, not said.ends)):
        if not said.ends:
            waiting = waiting or said.at
        elif waiting is not None and (found or not said.only_follow_ups):
            found.append(Turn(waiting, said.at))
            waiting = None
    if waiting is not None:
        found.append(Turn(waiting, None))
    return found


def matched(wanted: list[Turn], starts: list[dt.datetime]) -> list[int | None]:
    """Which known clock, by its start, is each turn's own: the one begun then, else one begun later (an older message
    came late). Never one begun earlier: its marks were handled for another wait. None: a turn not known yet.
    """
    found = [starts.index(turn.started_at) if turn.started_at in starts else None for turn in wanted]
    free = [place for place in range(len(starts)) if place not in found]
    for number, turn in enumerate(wanted):
        if found[number] is None:
            found[number] = next((place for place in free if starts[place] > turn.started_at), None)
            free = [place for place in free if place != found[number]]
    return found
