"""The team room: who is here since when, how much each holds, how the day went. A fixed number of queries."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from crm.cases.handing import Hand, hands
from crm.cases.models import Case, SlaClock
from crm.cases.queries import CaseQuerySet
from crm.cases.words import ClockKind, State
from crm.desk.day import Strip, Window, strips, window_of
from crm.desk.load import share, tone
from crm.desk.tense import Now
from crm.staff.access import may, scope
from crm.staff.models import Presence, PresenceSpan, Role, Team, User
from crm.timeline.models import Channel

ORDER = (Presence.AVAILABLE, Presence.BUSY, Presence.WRAP_UP, Presence.AWAY)
REPLIED_WITHIN = dt.timedelta(days=1)  # a reply of today belongs to a clock that began today or yesterday


@dataclass(frozen=True)
class OnChannel:
    code: str
    word: str
    held: int
    limit: int | None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.held >= self.limit


@dataclass(frozen=True)
class Member:
    """One row: somebody of the team."""

    hand: Hand
    at_risk: int = 0
    late: int = 0
    answered: int = 0
    settled: int = 0
    strips: list[Strip] = field(default_factory=list)
    may_change: bool = False

    @property
    def user(self) -> User:
        return self.hand.user

    @property
    def share(self) -> float:
        return share(self.hand)

    @property
    def tone(self) -> str:
        return tone(self.share)

    @property
    def channels(self) -> list[OnChannel]:
        """Where they hold something, or have a limit of their own."""
        limits = self.user.channel_capacity
        return [
            OnChannel(code, str(word), self.hand.held.get(code, 0), limits.get(code))
            for code, word in Channel.choices
            if code in self.hand.held or code in limits
        ]


@dataclass(frozen=True)
class TeamCard:
    team: Team
    members: list[Member]
    unassigned: int
    at_risk: int
    late: int

    @property
    def available(self) -> int:
        return sum(member.user.presence == Presence.AVAILABLE for member in self.members)

    @property
    def load(self) -> int:
        return sum(member.hand.load for member in self.members)

    @property
    def capacity(self) -> int:
        return sum(member.user.capacity for member in self.members)


def teams_of(user: User) -> list[Team]:
    """Whose people this user may see here."""
    reach = scope(user)
    return list(Team.objects.all() if reach.kind == "all" else Team.objects.filter(pk__in=reach.team_ids))


def people_of(user: User) -> Any:
    """The agents and supervisors of those teams."""
    people = User.objects.working().filter(role__in=(Role.AGENT, Role.SUPERVISOR))
    return people.filter(teams__in=teams_of(user)).distinct()


class TeamRoom:
    """For one reader; every reading is one query for all people together."""

    def __init__(self, user: User, teams: list[Team], now: Now) -> None:
        self.user, self.teams, self.now = user, teams, now
        self.midnight = timezone.localtime(now.at).replace(hour=0, minute=0, second=0, microsecond=0)

    def context(self) -> dict[str, Any]:
        people = User.objects.working().filter(role__in=(Role.AGENT, Role.SUPERVISOR), teams__in=self.teams)
        known = hands(people.distinct().prefetch_related("teams"))
        spans = self._spans([hand.user for hand in known])
        window = window_of([span for those in spans.values() for span in those], self.midnight, self.now.at)
        members = self._members(known, spans, window)
        return {
            "cards": self._cards(members), "window": window, "hours": window.hours(), "people": len(known),
            "day": self.midnight.date().isoformat(),
        }  # fmt: skip

    def _members(self, known: list[Hand], spans: dict[int, list[PresenceSpan]], window: Window) -> list[Member]:
        users = [hand.user for hand in known]
        danger, answered, settled = self._danger(users), self._answered(users), self._settled(users)
        members = [
            Member(
                hand, *danger.get(hand.user.pk, (0, 0)), answered.get(hand.user.pk, 0), settled.get(hand.user.pk, 0),
                strips(spans[hand.user.pk], window, self.now.at), may(self.user, "staff.manage", hand.user),
            )
            for hand in known
        ]  # fmt: skip
        return sorted(members, key=lambda one: (ORDER.index(Presence(one.user.presence)), -one.share, one.user.name))

    def _cards(self, members: list[Member]) -> list[TeamCard]:
        figures = self._figures()
        return [
            TeamCard(team, [one for one in members if team in one.user.teams.all()], *figures.get(team.pk, (0, 0, 0)))
            for team in self.teams
        ]

    def _risk(self) -> Q:
        """At risk on screen, as the queue of that name has it."""
        at = self.now.at
        reply = Q(due_kind=ClockKind.RESPONSE, due_at__lte=at + dt.timedelta(seconds=self.now.response_risk))
        settle = Q(due_kind=ClockKind.RESOLUTION, due_at__lte=at + dt.timedelta(seconds=self.now.resolution_risk))
        return Q(due_at__gte=at) & (reply | settle)

    def _counted(self, cases: CaseQuerySet, by: str) -> Any:
        return cases.order_by().values(by).annotate(
            risk=Count("pk", filter=self._risk()), late=Count("pk", filter=Q(due_at__lt=self.now.at)),
            unassigned=Count("pk", filter=Q(assignee__isnull=True)),
        )  # fmt: skip

    def _figures(self) -> dict[int, tuple[int, int, int]]:
        rows = self._counted(Case.objects.live().running().filter(team__in=self.teams), "team")
        return {row["team"]: (row["unassigned"], row["risk"], row["late"]) for row in rows}

    def _danger(self, people: list[User]) -> dict[int, tuple[int, int]]:
        rows = self._counted(Case.objects.live().running().filter(assignee__in=people), "assignee")
        return {row["assignee"]: (row["risk"], row["late"]) for row in rows}

    def _answered(self, people: list[User]) -> dict[int, int]:
        """Reply clocks of their cases that an answer stopped today."""
        clocks = SlaClock.objects.filter(
            kind=ClockKind.RESPONSE, is_archive=False, started_at__gte=self.midnight - REPLIED_WITHIN,
            stopped_at__gte=self.midnight, case__assignee__in=people,
        )  # fmt: skip
        return dict(clocks.order_by().values_list("case__assignee").annotate(Count("pk")))

    def _settled(self, people: list[User]) -> dict[int, int]:
        settled = Case.objects.live().filter(state=State.SETTLED, settled_at__gte=self.midnight, assignee__in=people)
        return dict(settled.order_by().values_list("assignee").annotate(Count("pk")))

    def _spans(self, people: list[User]) -> dict[int, list[PresenceSpan]]:
        """Of today, oldest first; who has none yet has been as they are since `presence_since`."""
        today = PresenceSpan.objects.filter(user__in=people).filter(Q(until__isnull=True) | Q(until__gt=self.midnight))
        found: dict[int, list[PresenceSpan]] = defaultdict(list)
        for span in today.order_by("since", "pk"):
            found[span.user_id].append(span)
        for user in people:
            if user.pk not in found:
                found[user.pk] = [PresenceSpan(user=user, presence=user.presence, since=user.presence_since)]
        return found
