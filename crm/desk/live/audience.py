"""Who may hear of a case: the scope of access.py, kept for the life of one connection."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from crm.cases.models import Case, CaseInteraction
from crm.staff.access import Scope

REMEMBERED = 20_000
ROOMS = ("caring.",)


@dataclass(frozen=True)
class Audience:
    """Where a case stands: whoever sees one of these places may hear of it."""

    number: int
    team_id: int | None
    division_id: int | None
    assignee_id: int | None


@dataclass(frozen=True)
class Listener:
    user_id: int
    scope: Scope
    offices: frozenset[int] = frozenset()  # whose queues they see
    leads: bool = False  # may open the supervisors' rooms, which show who is here


def lies_in(case: Audience, scope: Scope) -> bool:
    if scope.kind == "all":
        return True
    if scope.kind == "division":
        return case.division_id is not None and case.division_id == scope.division_id
    return case.team_id in scope.team_ids


@dataclass(frozen=True)
class News:
    """What one look at the tables brought: cases with where they stand and stood, people whose bell rang,
    people whose state or call changed, and offices whose queue did."""

    cases: tuple[Audience, ...] = ()
    bells: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    everything: bool = False
    callers: frozenset[int] = frozenset()  # whose screen shows a call that changed, or showed it
    rooms: frozenset[str] = frozenset()  # whose counts changed: everybody who looks at them reads them again
    # Thousands listen, but few see different rooms: what is heard in one is worked out once.
    _by_scope: dict[Scope, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def topics_for(self, listener: Listener) -> frozenset[str]:
        own = self._of_assignees.get(listener.user_id, frozenset())
        bell = frozenset({"bell"}) if listener.user_id in self.bells else frozenset()
        queues = frozenset(f"office:{pk}" for pk in self.offices & listener.offices)
        call = frozenset({"call"}) if listener.user_id in self.callers else frozenset()
        return self._in(listener.scope) | own | bell | queues | call | self.rooms | self._states(listener)

    def _states(self, listener: Listener) -> frozenset[str]:
        """One's own state, and for those who lead that anybody's changed."""
        mine = {"me"} if listener.user_id in self.people else set()
        return frozenset(mine | {"people"} if self.people and listener.leads else mine)

    def _in(self, scope: Scope) -> frozenset[str]:
        if scope not in self._by_scope:
            self._by_scope[scope] = _topics(case for case in self.cases if lies_in(case, scope))
        return self._by_scope[scope]

    @cached_property
    def _of_assignees(self) -> dict[int, frozenset[str]]:
        """Their own cases, wherever these lie."""
        mine = {case.assignee_id for case in self.cases if case.assignee_id}
        return {one: _topics(case for case in self.cases if case.assignee_id == one) | {"strip"} for one in mine}


def _topics(cases: Iterable[Audience]) -> frozenset[str]:
    numbers = {f"case:{case.number}" for case in cases}
    return frozenset(numbers | {"queues"} if numbers else numbers)


class Whereabouts:
    """Where cases stood when they were last heard of, so that those who lose one hear of it too."""

    def __init__(self) -> None:
        self._last: OrderedDict[int, Audience] = OrderedDict()

    def of(self, case_ids: Iterable[int]) -> tuple[Audience, ...]:
        """One query; the old places and the new ones."""
        fields = ("pk", "number", "team_id", "division_id", "assignee_id")
        found: list[Audience] = []
        for pk, *place in Case.objects.filter(pk__in=set(case_ids)).values_list(*fields):
            now, was = Audience(*place), self._last.get(pk)
            found += [now] if was in (None, now) else [now, was]
            self._keep(pk, now)
        return tuple(found)

    def _keep(self, pk: int, place: Audience) -> None:
        self._last[pk] = place
        self._last.move_to_end(pk)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)


def people_of(events: Iterable[tuple[str, str, int]]) -> frozenset[int]:
    """Whose state changed, of (kind, subject_type, subject_id)."""
    return frozenset(pk for kind, subject, pk in events if subject == "user" and kind == "staff.presence")


def offices_of(events: Iterable[tuple[str, int, dict]]) -> frozenset[int]:
    """Whose queue or counters changed, of (subject_type, subject_id, facts)."""
    told = (facts.get("office") for subject, _pk, facts in events if subject in ("visit", "counter"))
    return frozenset(office for office in told if office)


def callers_of(events: Iterable[tuple[str, int, dict]]) -> frozenset[int]:
    """At whom a call rings or goes on, and whom it left, of (subject_type, subject_id, facts)."""
    calls = (facts for subject, _pk, facts in events if subject == "call")
    return frozenset(who for facts in calls for who in (facts.get("agent"), facts.get("was")) if who)


def rooms_of(events: Iterable[tuple[str, str, int]]) -> frozenset[str]:
    """Of (kind, subject_type, subject_id): the programme, where a task was made, taken or closed, or a run ended."""
    return frozenset(kind.partition(".")[0] for kind, _subject, _pk in events if kind.startswith(ROOMS))


def cases_of(events: Iterable[tuple[str, int, dict]]) -> set[int]:
    """The cases that (subject_type, subject_id, facts) are about; a message's by its contact."""
    ids, contacts = set(), set()
    for subject, pk, facts in events:
        if subject == "case":
            ids.add(pk)
        elif facts.get("interaction"):
            contacts.add(facts["interaction"])
    if contacts:
        ids |= set(CaseInteraction.objects.filter(pk__in=contacts).values_list("case_id", flat=True))
    return ids
