"""Causes of breaches by how often they came: what could have been prevented, and apart from it what is excusable."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncMonth, TruncWeek

from crm.cases.models import Breach, Cause

NOT_EXCUSED = ~Q(excusable=True) | Q(excusable__isnull=True)
# What the causes can be split by, and how the database says it.
IN_ORDER = {"hour", "week", "month"}
SPLITS: dict[str, Any] = {
    "team": F("team_id"), "division": F("division_id"), "channel": F("case__channel"),
    "category": F("case__category_id"), "hour": ExtractHour("due_at"),
    "week": TruncWeek("due_at"), "month": TruncMonth("due_at"),
}  # fmt: skip


@dataclass
class Counted:
    """How many breaches of one cause; `cumulated` is the share of all preventable ones up to this row."""

    cause: Cause | None
    count: int = 0
    excused: int = 0
    share: float = 0.0
    cumulated: float = 0.0


@dataclass
class Group:
    """One value of a split: its preventable breaches by cause (None: without a code)."""

    key: Any
    by_cause: dict[int | None, int] = field(default_factory=lambda: defaultdict(int))
    count: int = 0
    excused: int = 0


def pareto(found: QuerySet[Breach]) -> list[Counted]:
    """The reviewed ones among `found` by cause, the most frequent first. Two queries."""
    counted = found.filter(reviewed_at__isnull=False).order_by().values("cause_code")
    rows = counted.annotate(count=Count("pk", filter=NOT_EXCUSED), excused=Count("pk", filter=Q(excusable=True)))
    causes = Cause.objects.in_bulk()
    made = [Counted(causes.get(row["cause_code"]), row["count"], row["excused"]) for row in rows]
    made.sort(key=lambda one: (-one.count, -one.excused, one.cause.position if one.cause else 999))
    total, so_far = sum(one.count for one in made), 0
    for one in made:
        so_far += one.count
        one.share = 100 * one.count / total if total else 0.0
        one.cumulated = 100 * so_far / total if total else 0.0
    return made


def split(found: QuerySet[Breach], by: str) -> list[Group]:
    """The same counts for each value of a split, the value with most first; hours, weeks and months in their order."""
    reviewed = found.filter(reviewed_at__isnull=False).order_by()
    rows = reviewed.values("cause_code", split=SPLITS[by]).annotate(
        count=Count("pk", filter=NOT_EXCUSED), excused=Count("pk", filter=Q(excusable=True))
    )
    groups: dict[Any, Group] = {}
    for row in rows:
        group = groups.setdefault(row["split"], Group(row["split"]))
        group.by_cause[row["cause_code"]] += row["count"]
        group.count += row["count"]
        group.excused += row["excused"]
    if by in IN_ORDER:
        return sorted(groups.values(), key=lambda group: group.key)
    return sorted(groups.values(), key=lambda group: (-group.count, -group.excused, str(group.key)))
