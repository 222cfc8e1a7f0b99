"""The worklist: what is to be done by hand now, whose it is, how much of it, and what one has done today."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.http import urlencode

from caring.models import Attempt, Stage, Task
from caring.models.task import TaskQuerySet
from caring.words import Scope, State, Way
from caring.working import SPOKEN
from crm.staff.models import Role, User

PAGE = 30
SOON = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Row:
    task: Task
    stage: str
    tense: str
    of: int  # attempts in all

    @property
    def place(self) -> int:
        """Of the attempt that is next."""
        return min(self.task.tried + 1, self.of)


@dataclass(frozen=True)
class Tab:
    name: str
    query: str
    count: int
    current: bool


@dataclass(frozen=True)
class Figures:
    """Of the worklist as a whole, and of one's own day."""

    by_scope: dict[str, int]
    late: int
    done: int
    spoken: int

    @property
    def todo(self) -> int:
        return sum(self.by_scope.values())

    @property
    def share(self) -> int | None:
        """Per cent of one's attempts in which somebody was spoken to."""
        return round(100 * self.spoken / self.done) if self.done else None


class Worklist:
    """What is not known of the query is not asked for."""

    def __init__(self, query: Mapping[str, str], user: User, at: dt.datetime) -> None:
        self.user, self.at = user, at
        self.scope = query.get("scope", "") if query.get("scope") in Scope.values else ""
        self.stage = int(query["stage"]) if query.get("stage", "").isdecimal() else None
        self.overdue, self.mine = bool(query.get("overdue")), bool(query.get("mine"))
        self.after = query.get("after", "")

    @cached_property
    def all(self) -> TaskQuerySet:
        """To be done now. What a colleague is at is the business of who looks after them."""
        found = Task.objects.workable_by(self.user).by_hand().filter(state=State.OPEN)
        return found if self.user.role == Role.SUPERVISOR else found.filter(Q(assignee=None) | Q(assignee=self.user))

    @property
    def asked(self) -> TaskQuerySet:
        found = self.all
        if self.scope:
            found = found.filter(stage__scope=self.scope)
        if self.stage is not None:
            found = found.filter(stage=self.stage)
        if self.overdue:
            found = found.filter(due_at__lt=self.at)
        return found.filter(assignee=self.user) if self.mine else found

    def page(self) -> tuple[list[Row], str]:
        """The most urgent first, of the equally urgent the dearer (caring_worklist); and where the next page begins."""
        found, cursor = self.asked, _read(self.after)
        if cursor:
            due, value, pk = cursor
            behind = Q(value__lt=value) | Q(value=value, pk__gt=pk)
            found = found.filter(Q(due_at__gt=due) | Q(due_at=due) & behind, due_at__gte=due)
        found = found.select_related("stage", "customer", "assignee").defer("facts")
        tasks = list(found.annotate(most=F("version__attempts")).order_by("due_at", "-value", "pk")[: PAGE + 1])
        names, last = Stage.objects.titles(), tasks[PAGE - 1] if len(tasks) > PAGE else None
        rows = [Row(one, names[one.stage_id], tense_of(one, self.at), one.most) for one in tasks[:PAGE]]
        return rows, f"{last.due_at.isoformat()}~{last.value}~{last.pk}" if last else ""

    def query(self, **others: Any) -> str:
        said = {"scope": self.scope, "stage": self.stage, "overdue": self.overdue, "mine": self.mine} | others
        return urlencode({name: 1 if value is True else value for name, value in said.items() if value})

    def figures(self) -> Figures:
        counted = self.all.order_by().values_list("stage__scope").annotate(
            n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=self.at))
        )  # fmt: skip
        rows = list(counted)
        midnight = timezone.localtime(self.at).replace(hour=0, minute=0, second=0, microsecond=0)
        mine = (
            Attempt.objects.filter(by=self.user, at__gte=midnight)
            .exclude(channel=Way.FORM)
            .aggregate(n=Count("pk"), spoken=Count("pk", filter=Q(outcome__in=SPOKEN)))
        )
        return Figures(
            {scope: n for scope, n, _late in rows}, sum(late for *_some, late in rows), mine["n"], mine["spoken"]
        )

    def tabs(self, figures: Figures, everything: str) -> list[Tab]:
        found = [Tab(everything, self.query(scope="", stage=None), figures.todo, not self.scope)]
        for scope in Scope:
            count = figures.by_scope.get(scope, 0)
            tab = Tab(str(scope.label), self.query(scope=scope.value, stage=None), count, scope == self.scope)
            found.append(tab)
        return found


def tense_of(task: Task, at: dt.datetime) -> str:
    if task.due_at <= at:
        return "late"
    return "risk" if task.due_at - at < SOON else "ok"


def _read(text: str) -> tuple[dt.datetime, int, int] | None:
    try:
        due, value, pk = text.split("~")
        at = dt.datetime.fromisoformat(due)
        return (at, int(value), int(pk)) if at.tzinfo else None
    except ValueError:
        return None
