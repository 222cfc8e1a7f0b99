"""Who may hear of a case: the scope of access.py, kept for the life of one connection."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from crm.cases.models import Case, CaseInteraction
from crm.staff.access import Scope

REMEMBERED = 20_000


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

    def hears(self, case: Audience) -> bool:
        if self.scope.kind == "all" or case.assignee_id == self.user_id:
            return True
        if self.scope.kind == "division":
            return case.division_id is not None and case.division_id == self.scope.division_id
        return case.team_id in self.scope.team_ids


@dataclass(frozen=True)
class News:
    """What one look at the tables brought: cases with where they stand and stood, and people whose bell rang."""

    cases: tuple[Audience, ...] = ()
    bells: frozenset[int] = frozenset()
    everything: bool = False

    def topics_for(self, listener: Listener) -> set[str]:
        heard = [case for case in self.cases if listener.hears(case)]
        topics = {f"case:{case.number}" for case in heard}
        if heard:
            topics.add("queues")
        if any(case.assignee_id == listener.user_id for case in heard):
            topics.add("strip")
        if listener.user_id in self.bells:
            topics.add("bell")
        return topics


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
