"""The figures of one month of breaches that the reader may see, counted by the database in the reader's own days."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractHour, TruncDate, TruncMonth
from django.utils import timezone

from crm.cases.models import Breach
from crm.cases.pareto import Counted, pareto
from crm.cases.words import ClockKind
from crm.desk.breaches import breaches_for, day_begins
from crm.staff.models import Division, Team, User

MONTHS_SHOWN = 6
LISTED, ACTIONS_LISTED = 300, 60  # the latest and worst; the file of the list has all

REPLY, SETTLE = Q(kind=ClockKind.RESPONSE), Q(kind=ClockKind.RESOLUTION)
REVIEWED, EXCUSED = Q(reviewed_at__isnull=False), Q(excusable=True, reviewed_at__isnull=False)
OWED = Q(action_owner__isnull=False, reviewed_at__isnull=False)
COUNTS = {
    "all": Count("pk"), "reply": Count("pk", filter=REPLY), "settle": Count("pk", filter=SETTLE),
    "reviewed": Count("pk", filter=REVIEWED), "excused": Count("pk", filter=EXCUSED),

}  # fmt: skip


@dataclass(frozen=True)
class Month:
    """A calendar month of the reader's own clock."""

    first: dt.date

    @property
    def last(self) -> dt.date:
        return self.following.first - dt.timedelta(days=1)

    @property
    def following(self) -> "Month":
        return Month((self.first.replace(day=28) + dt.timedelta(days=4)).replace(day=1))

    @property
    def before(self) -> "Month":
        return Month((self.first - dt.timedelta(days=1)).replace(day=1))

    @property
    def within(self) -> Q:
        return Q(due_at__gte=day_begins(self.first), due_at__lt=day_begins(self.following.first))

    @property
    def is_over(self) -> bool:
        return self.last < timezone.localdate()


def latest_months(number: int = MONTHS_SHOWN) -> list[Month]:
    """This month and those before it, the newest first."""
    months = [Month(timezone.localdate().replace(day=1))]
    while len(months) < number:
        months.append(months[-1].before)
    return months


@dataclass(frozen=True)
class Part:
    """One team or division: how many, how many reviewed, how many of those excusable."""

    name: str
    count: int
    reviewed: int
    excused: int


@dataclass(frozen=True)
class Figures:
    month: Month
    counts: dict[str, int]
    before: dict[str, int]
    days: list[tuple[dt.date, int, int]]  # first replies, settlements
    hours: list[int]
    months: list[tuple[dt.date, int, int]]  # preventable or not yet reviewed, excusable; the oldest first
    causes: list[Counted]
    teams: list[Part]
    divisions: list[Part]
    actions: dict[str, int]
    action_rows: list[Any]
    rows: list[Any]

    @property
    def unreviewed(self) -> int:
        return self.counts["all"] - self.counts["reviewed"]


def figures_of(month: Month, user: User) -> Figures:
    """A dozen queries, however many breaches."""
    seen = breaches_for(user)
    found = seen.filter(month.within)
    bare = Breach.objects.counted().visible_to(user).filter(month.within).order_by()
    owed = found.filter(OWED)
    rows = list(found.order_by(F("late_seconds").desc(nulls_first=True), "pk")[:LISTED])
    return Figures(
        month=month,
        counts=bare.aggregate(**COUNTS),
        before=Breach.objects.counted().visible_to(user).filter(month.before.within).aggregate(**COUNTS),
        days=_days(bare, month),
        hours=_hours(bare),
        months=_months(Breach.objects.counted().visible_to(user), month),
        causes=pareto(bare),
        teams=_parts(bare, "team", {one.pk: str(one) for one in Team.objects.all()}),
        divisions=_parts(bare.exclude(division=None), "division", {one.pk: str(one) for one in Division.objects.all()}),
        actions=_actions(bare),
        action_rows=list(owed.order_by(F("action_done_at").asc(nulls_first=True), "action_due_on")[:ACTIONS_LISTED]),
        rows=rows,
    )


def _days(found: Any, month: Month) -> list[tuple[dt.date, int, int]]:
    counted = found.annotate(day=TruncDate("due_at")).values("day")
    by_day = {row["day"]: row for row in counted.annotate(reply=COUNTS["reply"], settle=COUNTS["settle"])}
    days = [month.first + dt.timedelta(days=n) for n in range(month.last.day)]
    return [(day, by_day[day]["reply"], by_day[day]["settle"]) if day in by_day else (day, 0, 0) for day in days]


def _hours(found: Any) -> list[int]:
    by_hour = dict(found.annotate(hour=ExtractHour("due_at")).values_list("hour").annotate(Count("pk")))
    return [by_hour.get(hour, 0) for hour in range(24)]


def _months(found: Any, month: Month) -> list[tuple[dt.date, int, int]]:
    shown = [month]
    while len(shown) < MONTHS_SHOWN:
        shown.insert(0, shown[0].before)
    since = found.filter(
        due_at__gte=day_begins(shown[0].first), due_at__lt=day_begins(month.following.first)
    ).order_by()
    rows = (
        since.annotate(month=TruncMonth("due_at"))
        .values("month")
        .annotate(all=COUNTS["all"], excused=COUNTS["excused"])
    )
    by_month = {timezone.localdate(row["month"]): row for row in rows}
    empty = {"all": 0, "excused": 0}
    counted = [(one.first, by_month.get(one.first, empty)) for one in shown]
    return [(first, row["all"] - row["excused"], row["excused"]) for first, row in counted]


def _parts(found: Any, by: str, names: dict[int, str]) -> list[Part]:
    rows = (
        found.values(by)
        .annotate(**{name: COUNTS[name] for name in ("all", "reviewed", "excused")})
        .order_by("-all", by)
    )
    return [Part(names.get(row[by], "–"), row["all"], row["reviewed"], row["excused"]) for row in rows]


def _actions(found: Any) -> dict[str, int]:
    undone = OWED & Q(action_done_at__isnull=True)
    late = undone & Q(action_due_on__lt=timezone.localdate())
    parts = {"all": OWED, "done": OWED & Q(action_done_at__isnull=False), "open": undone, "late": late}
    return found.aggregate(**{name: Count("pk", filter=part) for name, part in parts.items()})
