"""Which cases wait to be handed out, who could have one, whom it goes to. Reads only; actions.handing_out writes."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Case as By
from django.db.models import Count, F, IntegerField, Q, Value, When
from django.db.models.functions import Now

from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.cases.words import Party, State
from crm.customers.models import Tier
from crm.events.models import Event
from crm.staff.models import Presence, Role, Team, User
from crm.staff.queries import UserQuerySet

WORTH = {tier: position for position, tier in enumerate(Tier.values)}


@dataclass(frozen=True)
class Hand:
    """Somebody who could be given a case: what they hold, and since when they have been free."""

    user: User
    free_since: dt.datetime
    skills: frozenset[int] = frozenset()
    held: dict[str, int] = field(default_factory=dict)

    @property
    def load(self) -> int:
        return sum(self.held.values())

    def has_room(self, channel: str = "") -> bool:
        """In all, and on this channel where it has a limit of its own."""
        limit = self.user.channel_capacity.get(channel)
        return self.load < self.user.capacity and (limit is None or self.held.get(channel, 0) < limit)

    def full_channels(self) -> list[str]:
        return [channel for channel in self.user.channel_capacity if not self.has_room(channel)]


@dataclass(frozen=True)
class Need:
    """What a case asks of whoever gets it; `refused` had it before and left it lying."""

    channel: str
    skill_id: int | None = None
    refused: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    """Who gets it, and how many were left at each question: the reason that the history shows."""

    hand: Hand
    considered: dict[str, int]


def choose(need: Need, hands: Iterable[Hand]) -> Choice | None:
    """Available, with the skill, with room; of those whoever has been free for longest. Pure."""
    people = [hand for hand in hands if hand.user.pk not in need.refused]
    available = [hand for hand in people if hand.user.presence == Presence.AVAILABLE]
    skilled = [hand for hand in available if need.skill_id is None or need.skill_id in hand.skills]
    roomy = [hand for hand in skilled if hand.has_room(need.channel)]
    if not roomy:
        return None
    considered = {"people": len(people), "available": len(available), "skilled": len(skilled), "room": len(roomy)}
    return Choice(min(roomy, key=lambda hand: (hand.free_since, hand.user.pk)), considered)


def to_hand_out(team_ids: Collection[int]) -> CaseQuerySet:
    """Unassigned cases that somebody of these teams should work on now: the highest tier first, then by deadline."""
    cases = Case.objects.live().unassigned().filter(team__in=team_ids, party=Party.TEAM)
    cases = cases.exclude(state=State.WAITING).filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=Now()))
    worth = By(
        *(When(tier=tier, then=Value(position)) for tier, position in WORTH.items()),
        default=Value(len(WORTH)),
        output_field=IntegerField(),
    )
    return cases.order_by(worth, F("due_at").asc(nulls_last=True), "pk")


def need_of(case: Case) -> Need:
    """From whom it was taken back stands in its events."""
    taken = Event.objects.filter(subject_type="case", subject_id=case.pk, kind="case.taken_back")
    refused = frozenset(was for was in taken.values_list("facts__was", flat=True) if was)
    return Need(case.channel, case.category.skill_id if case.category else None, refused)


def agents_of(team: Team) -> list[Hand]:
    return hands(User.objects.working().filter(role=Role.AGENT, teams=team))


def hand_of(user: User) -> Hand:
    return hands(User.objects.filter(pk=user.pk))[0]


def hands(people: UserQuerySet) -> list[Hand]:
    """These people with what they hold: three queries, however many they are."""
    found = list(people.select_related("attendance").prefetch_related("skills"))
    held = held_by(found)
    return [
        Hand(user, _free_since(user), frozenset(skill.pk for skill in user.skills.all()), held.get(user.pk, {}))
        for user in found
    ]


def held_by(people: Collection[User]) -> dict[int, dict[str, int]]:
    """Running cases of each person, by channel."""
    running = Case.objects.live().running().filter(assignee__in=people).order_by()
    counted: dict[int, dict[str, int]] = {}
    for person, channel, number in running.values_list("assignee", "channel").annotate(number=Count("pk")):
        counted.setdefault(person, {})[channel] = number
    return counted


def _free_since(user: User) -> dt.datetime:
    given = getattr(user, "attendance", None)
    return max(user.presence_since, given.given_at) if given and given.given_at else user.presence_since
