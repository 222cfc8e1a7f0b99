"""A clock as the case header shows it. At most one is the hero: the running one that is due next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm.cases.models import SlaClock
from crm.cases.words import ClockKind, Verdict
from crm.desk.tense import tense_of


@dataclass(frozen=True)
class Face:
    clock: SlaClock
    tense: str
    used: float
    is_hero: bool = False

    @property
    def is_reply(self) -> bool:
        return self.clock.kind == ClockKind.RESPONSE

    @property
    def is_running(self) -> bool:
        return self.clock.stopped_at is None and self.clock.paused_at is None

    @property
    def is_paused(self) -> bool:
        return self.clock.stopped_at is None and self.clock.paused_at is not None

    @property
    def risk_seconds(self) -> int:
        policy = self.clock.policy
        return policy.response_risk_seconds if self.is_reply else policy.resolution_risk_seconds

    @property
    def took(self) -> float:
        """Seconds from start to stop; pauses are not taken off, the deadline was moved instead."""
        end = self.clock.stopped_at or self.clock.due_at
        return (end - self.clock.started_at).total_seconds()

    @property
    def left(self) -> float:
        """Seconds that are left of a paused clock."""
        return (self.clock.due_at - (self.clock.paused_at or self.clock.due_at)).total_seconds()


def faces(clocks: Sequence[SlaClock], at: dt.datetime) -> list[Face]:
    """The reply clock and the settlement clock of a case, each in its newest turn; the next to fall due is the hero."""
    shown = [face_of(clock, at) for kind in ClockKind if (clock := _newest(clocks, kind))]
    running = [face for face in shown if face.is_running]
    if not running:
        return shown
    hero = min(running, key=lambda face: face.clock.due_at)
    return [replace(face, is_hero=face is hero) for face in shown]


def face_of(clock: SlaClock, at: dt.datetime) -> Face:
    end = clock.stopped_at or clock.paused_at or at
    left = (clock.due_at - end).total_seconds()
    used = 100 - 100 * left / clock.target_seconds
    return Face(clock, _tense(clock, at), min(100.0, max(0.0, used)))


def _newest(clocks: Sequence[SlaClock], kind: str) -> SlaClock | None:
    """The running turn, else the last one that counted."""
    own = [clock for clock in clocks if clock.kind == kind]
    return max(
        own, key=lambda clock: (clock.stopped_at is None, clock.verdict != Verdict.VOID, clock.turn), default=None
    )


def _tense(clock: SlaClock, at: dt.datetime) -> str:
    if clock.verdict == Verdict.MISSED:
        return "late"
    if clock.stopped_at is not None:
        return "ok" if clock.verdict == Verdict.MET else "wait"
    if clock.paused_at is not None:
        return "wait"
    policy = clock.policy
    risk = policy.response_risk_seconds if clock.kind == ClockKind.RESPONSE else policy.resolution_risk_seconds
    return tense_of(clock.due_at, risk, at)
