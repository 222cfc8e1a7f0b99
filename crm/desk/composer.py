"""The composer of a case: what may be written here, to whom, and what stands in it."""

import uuid
from dataclasses import dataclass

from crm.cases.actions.answering import KIND_OF_CONTACT
from crm.cases.models import Case
from crm.customers.masking import mask_contact
from crm.customers.models import ContactPoint
from crm.desk.models import Draft, Way
from crm.messaging import channels
from crm.timeline.models import Channel


@dataclass(frozen=True)
class Road:
    """One way to this customer: a channel and, where it needs one, the address on it."""

    channel: str
    word: str
    point: ContactPoint | None
    logs_only: bool
    can_public: bool
    max_length: int | None

    @property
    def value(self) -> str:
        return f"{self.channel}:{self.point.pk if self.point else ''}"

    @property
    def address(self) -> str:
        return mask_contact(self.point.kind, self.point.value) if self.point else ""

    @property
    def recipient(self) -> str:
        return self.point.value if self.point else ""


def roads(case: Case, points: list[ContactPoint]) -> list[Road]:
    """Every way to the customer on a registered channel, the case's own channel first."""
    found = [road for code in channels.codes() for road in _roads_on(code, points)]
    return sorted(found, key=lambda road: (road.channel != case.channel, road.logs_only))


def _roads_on(code: str, points: list[ContactPoint]) -> list[Road]:
    """A channel that writes to an address offers each one we know; one that only logs needs none."""
    adapter, kind = channels.get(code), KIND_OF_CONTACT.get(Channel(code))
    fitting: list[ContactPoint | None] = [p for p in points if p.kind == kind and p.network in ("", code)]
    if not fitting and (kind is None or adapter.logs_only):
        fitting = [None]
    word = str(Channel(code).label)
    return [Road(code, word, p, adapter.logs_only, adapter.can_public, adapter.max_length) for p in fitting]


@dataclass(frozen=True)
class Composer:
    """`seen` is the newest answer its writer had before them; `key` makes a doubled press one message."""

    case: Case
    roads: list[Road]
    draft: Draft | None
    way: str
    seen: int
    key: str
    text: str = ""

    @property
    def road(self) -> Road | None:
        """The chosen one: the draft's, else the first."""
        wanted = self.draft.channel if self.draft else ""
        return next((road for road in self.roads if road.value == wanted), self.roads[0] if self.roads else None)

    @property
    def can_public(self) -> bool:
        return any(road.can_public for road in self.roads)

    @property
    def ways(self) -> list[tuple[str, str, str, bool]]:
        """(way, word, icon, possible) of the three, in the order in which they stand."""
        possible = {Way.PUBLIC: self.can_public, Way.PRIVATE: bool(self.roads), Way.NOTE: True}
        icons = {Way.PUBLIC: "world", Way.PRIVATE: "lock", Way.NOTE: "note"}
        return [(way, str(way.label), icons[way], possible[way]) for way in Way]


def composer_of(
    case: Case, points: list[ContactPoint], draft: Draft | None, seen: int, *, may_answer: bool
) -> Composer:
    known = roads(case, points) if may_answer else []
    way = draft.way if draft else (Way.PRIVATE if known else Way.NOTE)
    return Composer(case, known, draft, way, seen, uuid.uuid4().hex, draft.text if draft else "")
