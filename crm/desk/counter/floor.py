"""The hall of one office as a counter sees it: who waits, how long, and how many counters are open."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Avg, F

from crm.lib import display
from crm.staff.models import Office, User
from crm.visits.listing import wait_goal
from crm.visits.models import Counter, Visit
from crm.visits.words import AT_A_COUNTER, VisitState

SHOWN = 5


def length(time: dt.timedelta | None) -> str:
    """'06:20', as the page's clock goes on counting it."""
    return display.countdown(time.total_seconds()) if time else ""


@dataclass(frozen=True)
class Waiting:
    visit: Visit
    at: dt.datetime
    goal: dt.timedelta

    @property
    def is_long(self) -> bool:
        return self.at - self.visit.arrived_at > self.goal

    @property
    def text(self) -> str:
        return length(self.at - self.visit.arrived_at)


class Floor:
    """Asks for each thing when it is drawn."""

    def __init__(self, office: Office, user: User, at: dt.datetime) -> None:
        self.office, self._user, self.at = office, user, at

    @cached_property
    def goal(self) -> dt.timedelta:
        return wait_goal()

    @property
    def goal_minutes(self) -> int:
        return int(self.goal.total_seconds() // 60)

    @cached_property
    def counter(self) -> Counter | None:
        """Where this user sits."""
        return Counter.objects.filter(by=self._user, office=self.office).first()

    @cached_property
    def visit(self) -> Visit | None:
        """Who stands before it, or was called to it."""
        if self.counter is None:
            return None
        here = Visit.objects.filter(office=self.office, counter=self.counter.number, state__in=AT_A_COUNTER)
        return here.select_related("customer", "office", "by", "paper_by").first()

    @cached_property
    def waiting(self) -> list[Waiting]:
        return [Waiting(visit, self.at, self.goal) for visit in Visit.objects.of_day(self.office, self.at).waiting()]

    @property
    def next(self) -> Waiting | None:
        return self.waiting[0] if self.waiting else None

    @property
    def shown(self) -> list[Waiting]:
        return self.waiting[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.waiting) - SHOWN)

    @property
    def longest(self) -> Waiting | None:
        return min(self.waiting, key=lambda one: one.visit.arrived_at, default=None)

    @cached_property
    def mean_wait(self) -> dt.timedelta | None:
        """From arrival to the first call, of those called today."""
        called = Visit.objects.of_day(self.office, self.at).exclude(called_at=None).exclude(state=VisitState.LEFT)
        mean: dt.timedelta | None = called.aggregate(mean=Avg(F("called_at") - F("arrived_at")))["mean"]
        return mean

    @property
    def is_slow(self) -> bool:
        return self.mean_wait is not None and self.mean_wait > self.goal

    @property
    def mean_text(self) -> str:
        return length(self.mean_wait)

    @property
    def waited_text(self) -> str:
        return length(self.visit.waited) if self.visit else ""

    @property
    def waited_long(self) -> bool:
        return bool(self.visit and self.visit.waited and self.visit.waited > self.goal)

    @property
    def served_text(self) -> str:
        return length(self.at - self.visit.started_at) if self.visit and self.visit.started_at else ""

    @cached_property
    def open_counters(self) -> int:
        return Counter.objects.filter(office=self.office).count()
