"""What the big screen shows: what falls due, what waits, who carries it, how today went. Seven queries, then cached."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Min, Q
from django.db.models.expressions import Func
from django.db.models.fields import IntegerField
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.cases import sweep
from crm.cases.models import Breach, Case, Problem, SlaClock
from crm.cases.queries import CaseQuerySet
from crm.cases.words import RUNNING_STATES, ClockKind, Verdict
from crm.desk.rows import Row, rows_of
from crm.desk.tense import Now
from crm.lib.display import clocktime
from crm.messaging.models import Message
from crm.staff.models import Presence, Role, Team, User
from crm.timeline.models import Channel

SOON, HOUR = dt.timedelta(minutes=15), dt.timedelta(hours=1)
QUARTER = 900  # seconds
NEXT, AGENTS = 9, 8
GOAL = 95.0  # percent of first replies in time: what the division aims at, judged by nobody
WORKERS = (Role.AGENT, Role.SUPERVISOR)
CROWDED = 85.0


@dataclass(frozen=True)
class Share:
    """First replies of today that are decided: how many came in time."""

    met: int
    decided: int

    @property
    def percent(self) -> float | None:
        return 100 * self.met / self.decided if self.decided else None

    @property
    def reaches_goal(self) -> bool:
        return self.percent is None or self.percent >= GOAL


@dataclass(frozen=True)
class Agent:
    user: User
    load: int
    today: Share
    seconds: float | None

    @property
    def used(self) -> float:
        return 100 * self.load / self.user.capacity if self.user.capacity else 100.0

    @property
    def tone(self) -> str:
        return "risk" if self.used >= CROWDED else "soft"


@dataclass(frozen=True)
class Waiting:
    """The open cases of one channel, and the nearest reply deadline among them."""

    channel: Channel
    open: int
    due_at: dt.datetime | None
    tense: str


class Board:
    """For the rooms of one user, or one of their teams. Every property is one query."""

    def __init__(self, user: User, team: Team | None, now: Now) -> None:
        self.user, self.team, self.now = user, team, now
        self.midnight = timezone.localtime(now.at).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def _cases(self) -> CaseQuerySet:
        mine = Case.objects.live().in_rooms_of(self.user)
        return mine.filter(team=self.team) if self.team else mine

    def figures(self) -> dict[str, Any]:
        """Of the running cases."""
        at = self.now.at
        soon, later = Q(due_at__gte=at, due_at__lt=at + SOON), Q(due_at__gte=at, due_at__lt=at + HOUR)
        free = Q(assignee__isnull=True)
        return self._cases.running().aggregate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            late_hour=Count("pk", filter=Q(due_at__lt=at - HOUR)),
            soon=Count("pk", filter=soon),
            soon_replies=Count("pk", filter=soon & Q(due_kind=ClockKind.RESPONSE)),
            hour=Count("pk", filter=later),
            unassigned=Count("pk", filter=free),
            unassigned_since=Min("opened_at", filter=free),
        )

    def breached(self) -> dict[str, int]:
        """Of today's deadlines. A breach is of the team that had the case then, as in the list of breaches."""
        rooms = Case.objects.live().in_rooms_of(self.user)
        found = Breach.objects.counted().filter(case__in=rooms, due_at__gte=self.midnight)
        found = found.filter(team=self.team) if self.team else found
        return found.aggregate(
            all=Count("pk"),
            replies=Count("pk", filter=Q(kind=ClockKind.RESPONSE)),
            reviewed=Count("pk", filter=Q(reviewed_at__isnull=False)),
        )

    def quarters(self) -> list[tuple[int, int, int]]:
        """(quarter hour of today, first replies in time, later) of what came in then."""
        rows = self._first_replies().annotate(quarter=QuarterOf(F("started_at") - self.midnight)).values("quarter")
        counted = rows.annotate(
            met=Count("pk", filter=Q(verdict=Verdict.MET)), missed=Count("pk", filter=Q(verdict=Verdict.MISSED))
        )
        return sorted(counted.values_list("quarter", "met", "missed"))

    def _first_replies(self) -> Any:
        """Of cases that came today and whose first reply is decided."""
        decided = SlaClock.objects.filter(
            kind=ClockKind.RESPONSE, turn=1, started_at__gte=self.midnight, verdict__in=[Verdict.MET, Verdict.MISSED]
        )
        return decided.filter(case__in=self._cases)

    def next_rows(self) -> list[Row]:
        due = self._cases.running().filter(due_at__isnull=False).by_deadline().with_list_columns()
        return rows_of(due[:NEXT], self.now)

    def agents(self) -> tuple[list[Agent], int]:
        """The most laden of those who are here, and how many are."""
        here = User.objects.working().filter(role__in=WORKERS).exclude(presence=Presence.AWAY)
        here = here.filter(teams__in=[self.team] if self.team else self._team_ids()).distinct()
        running = Q(cases__state__in=RUNNING_STATES, cases__is_archive=False)
        people = list(here.annotate(load=Count("cases", filter=running, distinct=True)))
        people.sort(key=lambda one: (-one.load / max(one.capacity, 1), one.name))
        shown = people[:AGENTS]
        today = self._today_of(shown)
        return [Agent(one, one.load, *today.get(one.pk, (Share(0, 0), None))) for one in shown], len(people)

    def _team_ids(self) -> list[int]:
        own = self.user.team_ids
        return list(own) or list(Team.objects.values_list("pk", flat=True))

    def _today_of(self, people: list[User]) -> dict[int, tuple[Share, float | None]]:
        replies = self._first_replies().filter(case__assignee__in=people).values("case__assignee")
        counted = replies.annotate(
            met=Count("pk", filter=Q(verdict=Verdict.MET)),
            decided=Count("pk"),
            taken=Avg(F("stopped_at") - F("started_at"), filter=Q(stopped_at__isnull=False)),
        )
        return {
            row["case__assignee"]: (
                Share(row["met"], row["decided"]),
                row["taken"].total_seconds() if row["taken"] else None,
            )
            for row in counted
        }

    def channels(self) -> list[Waiting]:
        reply = Q(due_kind=ClockKind.RESPONSE)
        rows = self._cases.running().values("channel").annotate(open=Count("pk"), due=Min("due_at", filter=reply))
        return [self._waiting(row) for row in sorted(rows, key=lambda row: -row["open"])]

    def _waiting(self, row: dict[str, Any]) -> Waiting:
        due = row["due"]
        late = due is not None and due < self.now.at
        near = due is not None and (due - self.now.at).total_seconds() <= self.now.response_risk
        return Waiting(Channel(row["channel"]), row["open"], due, "late" if late else "risk" if near else "ok")

    def problem(self) -> Problem | None:
        """The open one on which most cases hang, of one team if one is chosen.

        Whoever reads the board sees every problem, so that all in the same rooms see the same."""
        among = Q(hanging__case__team=self.team) if self.team else Q()
        found = Problem.objects.visible_to(self.user).filter(state=Problem.State.OPEN)
        return found.annotate(cases=Count("hanging", filter=among)).order_by("-cases", "-opened_at").first()

    def context(self) -> dict[str, Any]:
        quarters, figures = self.quarters(), self.figures()
        today = Share(sum(met for _q, met, _m in quarters), sum(met + missed for _q, met, missed in quarters))
        agents, here = self.agents()
        return {
            "now": self.now, "team": self.team, "day": self.midnight.date().isoformat(),
            "figures": figures, "breached": self.breached(), "today": today,
            "settle_soon": figures["soon"] - figures["soon_replies"], "goal": GOAL, "rows": self.next_rows(),
            "agents": agents, "here": here, "channels": self.channels(), "problem": self.problem(),
            "flow": flow(quarters, self.midnight), "sweep_age": sweep.heartbeat(),
            "outbox_age": outbox_age(self.now.at),
        }  # fmt: skip


class QuarterOf(Func):
    """Which quarter of an hour an interval since midnight falls into."""

    template = f"floor(extract(epoch FROM %(expressions)s) / {QUARTER})::int"
    output_field = IntegerField()


def flow(quarters: list[tuple[int, int, int]], midnight: dt.datetime) -> dict[str, Any]:
    """The day's columns for the chart, quiet quarters between the first and the last included."""
    if not quarters:
        return {"labels": [], "series": []}
    known = {quarter: (met, missed) for quarter, met, missed in quarters}
    span = range(min(known), max(known) + 1)
    labels = [clocktime(midnight + dt.timedelta(seconds=QUARTER * quarter)) for quarter in span]
    counted = [known.get(quarter, (0, 0)) for quarter in span]
    return {
        "labels": labels,
        "series": [
            {"name": _("In time"), "tone": "accent", "values": [met for met, _missed in counted]},
            {"name": _("Later"), "tone": "risk", "values": [missed for _met, missed in counted]},
        ],
    }


def outbox_age(at: dt.datetime) -> float:
    """Seconds that the oldest message due has waited to be sent."""
    due = Message.objects.filter(state=Message.State.QUEUED, send_at__lte=at).aggregate(first=Min("send_at"))["first"]
    return (at - due).total_seconds() if due else 0.0
