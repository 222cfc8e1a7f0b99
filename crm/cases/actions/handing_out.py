"""Handing cases out: by a team that does so by itself, or to an agent who asks for the next one.

Whoever gives locks the case (skipping what another gives this moment), then the person, and counts again: two workers
give each case once, and nobody more than they have room for. One case and one person a transaction.
"""

import datetime as dt
from collections.abc import Collection
from enum import Enum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm.cases.actions.assigning import assign_case
from crm.cases.errors import NoRoom, NothingToTake
from crm.cases.handing import Choice, agents_of, choose, hand_of, need_of, to_hand_out
from crm.cases.models import Case
from crm.staff.attending import note_given
from crm.staff.models import Presence, Team, User

MOST = 200  # looked at in one round of a team; the next knock goes on


class Turn(Enum):
    """How one look at a team's waiting cases ended."""

    GIVEN = "given"
    NOBODY_FITS = "nobody fits"
    AGAIN = "somebody else was quicker"
    OVER = "nothing waits, or nobody has room"


def hand_out_all() -> int:
    """For every team that hands out by itself; returns how many cases were given."""
    return sum(hand_out(team=team) for team in Team.objects.filter(hands_out=True))


def hand_out(*, team: Team, most: int = MOST) -> int:
    """Give this team's unassigned cases to whoever fits and has room. One that nobody fits is passed over."""
    passed_over: set[int] = set()
    given = 0
    for _ in range(most):
        turn, case_id = _give_next(team, passed_over)
        if turn is Turn.OVER:
            break
        if turn is Turn.NOBODY_FITS:
            passed_over.add(case_id)
        given += turn is Turn.GIVEN
    return given


@transaction.atomic
def _give_next(team: Team, passed_over: Collection[int]) -> tuple[Turn, int]:
    waiting = to_hand_out([team.pk]).exclude(pk__in=passed_over).select_related("category")
    case = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    people = agents_of(team) if case else []
    if case is None or not any(one.user.presence == Presence.AVAILABLE and one.has_room() for one in people):
        return Turn.OVER, 0
    need = need_of(case)
    chosen = choose(need, people)
    if chosen is None:
        return Turn.NOBODY_FITS, case.pk
    lock_person(chosen.hand.user)
    if choose(need, [hand_of(chosen.hand.user)]) is None:  # as things stand under the lock
        return Turn.AGAIN, case.pk
    _give(case, chosen)
    return Turn.GIVEN, case.pk


def _give(case: Case, choice: Choice) -> None:
    hand, now = choice.hand, timezone.now()
    why = {"why": "automatic", "considered": choice.considered, "free_seconds": seconds(now - hand.free_since)}
    if case.category and case.category.skill_id:
        why["skill"] = case.category.skill_id
    assign_case(case=case, assignee=hand.user, by=None, why=why)
    note_given(hand.user.pk, now)


@transaction.atomic
def take_next(*, by: User) -> Case:
    """The most urgent unassigned case of one's teams that one has the skill and the room for.

    Raises NoRoom, NothingToTake.
    """
    lock_person(by)
    hand = hand_of(by)
    if not hand.has_room():
        raise NoRoom(hand.load, by.capacity)
    waiting = to_hand_out(by.team_ids).exclude(channel__in=hand.full_channels())
    waiting = waiting.filter(Q(category__skill__isnull=True) | Q(category__skill__in=hand.skills))
    case = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if case is None:
        raise NothingToTake
    taken = assign_case(case=case, assignee=by, by=by, why={"why": "claimed"})
    note_given(by.pk, timezone.now())
    return taken


def lock_person(user: User) -> User:
    """Counts of what somebody holds stand still meanwhile. NO KEY: rows that refer to them need not wait."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def seconds(length: dt.timedelta) -> int:
    return max(0, int(length.total_seconds()))
