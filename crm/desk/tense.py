"""How a clock stands, computed when it is read: ok, at risk, late, or waiting. Never from what the sweep has seen."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.http import HttpRequest
from django.utils import timezone

from crm.cases import queries
from crm.cases.errors import NoPolicy
from crm.cases.models import Case
from crm.cases.policies import rules_in_force
from crm.cases.words import ClockKind, State


class Now:
    """The one instant at which a page is read, and what counts as "at risk" then (from the policy in force)."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    @classmethod
    def read(cls) -> Now:
        return cls(timezone.now())

    @classmethod
    def of(cls, request: HttpRequest) -> Now:
        """One for each request: view and shell see the same instant."""
        if not hasattr(request, "now"):
            request.now = cls.read()  # type: ignore[attr-defined]
        return request.now  # type: ignore[attr-defined]

    @cached_property
    def _limits(self) -> tuple[int, int]:
        """Asked of the policy only by pages that show lists."""
        try:
            policy = rules_in_force().policy
        except NoPolicy:
            return int(queries.RESPONSE_RISK.total_seconds()), int(queries.RESOLUTION_RISK.total_seconds())
        return policy.response_risk_seconds, policy.resolution_risk_seconds

    @property
    def response_risk(self) -> int:
        return self._limits[0]

    @property
    def resolution_risk(self) -> int:
        return self._limits[1]

    def risk_seconds(self, kind: str) -> int:
        return self.response_risk if kind == ClockKind.RESPONSE else self.resolution_risk

    def tense_of(self, case: Case) -> str:
        """A waiting case is calm until its clock, if it runs on, comes near."""
        if case.due_at is None:
            return "wait"
        tense = tense_of(case.due_at, self.risk_seconds(case.due_kind), self.at)
        return "wait" if tense == "ok" and case.state == State.WAITING else tense


def tense_of(due_at: dt.datetime, risk_seconds: int, at: dt.datetime) -> str:
    left = (due_at - at).total_seconds()
    if left <= 0:
        return "late"
    return "risk" if left <= risk_seconds else "ok"
