"""The composer of a case: what may be written here, to whom, how long, and what stands in it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from crm.cases.actions.answering import KIND_OF_CONTACT
from crm.cases.models import Case
from crm.customers.masking import mask_contact
from crm.customers.models import ContactPoint
from crm.desk.canned.fields import fields_in
from crm.desk.models import Draft, Way
from crm.messaging import channels
from crm.messaging.channels import Adapter, Standing
from crm.timeline.models import Attachment, Channel, Direction, Interaction

# The counter turns to at-risk in the last tenth.
NEARLY_FULL = 0.9
Heard = dict[tuple[str, bool], str]


@dataclass(frozen=True)
class Road:
    """One way to this customer: a channel and, where it needs one, the address on it."""

    channel: str
    point: ContactPoint | None
    adapter: Adapter
    account: str = ""

    @property
    def word(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def value(self) -> str:
        return f"{self.channel}:{self.point.pk if self.point else ''}"

    @property
    def address(self) -> str:
        return mask_contact(self.point.kind, self.point.value) if self.point else ""

    @property
    def recipient(self) -> str:
        return self.point.value if self.point else ""

    def standing(self, *, is_public: bool, heard: Heard) -> Standing:
        return self.adapter.standing(
            account=self.account, recipient=self.recipient, is_public=is_public,
            reply_to=heard.get((self.channel, is_public), ""),
        )  # fmt: skip


def roads(case: Case, points: list[ContactPoint]) -> list[Road]:
    """Every way to the customer on a registered channel: the case's own channel first, and there the address that is
    the thread itself, as with SMS the number that wrote."""
    found = [road for code in channels.codes() for road in _roads_on(code, case, points)]
    return sorted(found, key=lambda road: (road.channel != case.channel, road.adapter.logs_only, _strays(road, case)))


def _strays(road: Road, case: Case) -> bool:
    return bool(case.conversation) and road.recipient != case.conversation


def _roads_on(code: str, case: Case, points: list[ContactPoint]) -> list[Road]:
    """A channel that writes to an address offers each one we know; one that only logs needs none."""
    adapter, kind = channels.get(code), KIND_OF_CONTACT.get(Channel(code))
    if adapter.own_addresses and not adapter.address_of(case=case.pk):
        return []
    fitting: list[ContactPoint | None] = [p for p in points if p.kind == kind and p.network in ("", code)]
    if not fitting and (kind is None or adapter.logs_only):
        fitting = [None]
    account = case.account if code == case.channel else ""
    return [Road(code, point, adapter, account) for point in fitting]


def heard(contacts: Iterable[Interaction]) -> Heard:
    """The network's id of the customer's newest message on each channel, in public and in private; the newest last.

    `contacts` in the order in which they took place.
    """
    found: Heard = {}
    for one in contacts:
        if one.direction == Direction.IN and one.external_id:
            found.pop((one.channel, one.is_public), None)
            found[one.channel, one.is_public] = one.external_id
    return found


@dataclass(frozen=True)
class Length:
    """How long the text is, as the network counts, and how long it may be."""

    used: int
    most: int | None
    unit: str = ""

    @property
    def is_shown(self) -> bool:
        return self.most is not None or bool(self.unit)

    @property
    def over(self) -> int:
        return 0 if self.most is None else max(0, self.used - self.most)

    @property
    def is_near(self) -> bool:
        return self.most is not None and not self.over and self.used >= self.most * NEARLY_FULL


@dataclass(frozen=True)
class WayShown:
    """One of the three kinds of writing. `said` is why it cannot be had, or cannot be had now."""

    way: str
    icon: str
    is_possible: bool
    is_open: bool = True
    said: str = ""

    @property
    def word(self) -> str:
        return str(Way(self.way).label)


ICONS = {Way.PUBLIC: "world", Way.PRIVATE: "lock", Way.NOTE: "note"}


@dataclass(frozen=True)
class Composer:
    """`seen` is the newest answer its writer had before them; `key` makes a doubled press one message."""

    case: Case
    roads: list[Road]
    heard: Heard
    way: str
    road: Road | None
    text: str = ""
    draft: Draft | None = None
    files: list[Attachment] = field(default_factory=list)
    seen: int = 0
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """Whether one may write now, in each way that the chosen road knows."""
        if self.road is None:
            return {}
        ways = [Way.PUBLIC, Way.PRIVATE] if self.road.adapter.can_public else [Way.PRIVATE]
        return {way: self.road.standing(is_public=way == Way.PUBLIC, heard=self.heard) for way in ways}

    @property
    def standing(self) -> Standing | None:
        return self.standings.get(self.way)

    @property
    def ways(self) -> list[WayShown]:
        """In the order in which they stand."""
        return [self._shown(way) for way in Way]

    def _shown(self, way: Way) -> WayShown:
        if way == Way.NOTE:
            return WayShown(way, ICONS[way], True)
        possible = any(way != Way.PUBLIC or road.adapter.can_public for road in self.roads)
        standing = self.standings.get(way, Standing())
        return WayShown(way, ICONS[way], possible, standing.may, "" if standing.may else str(standing.said))

    @property
    def other_open_way(self) -> WayShown | None:
        """What is left where the chosen way is closed."""
        others = [one for one in self.ways if one.way != Way.NOTE and one.way in self.standings and one.is_open]
        return next(iter(others), None)

    @property
    def is_closed(self) -> bool:
        """Nothing can be written the chosen way now."""
        return self.standing is not None and not self.standing.may

    @property
    def can_move(self) -> bool:
        """The customer wrote in public and not yet in private, and both ways are open: invite them there."""
        if self.way == Way.NOTE or self.road is None or len(self.standings) < len((Way.PUBLIC, Way.PRIVATE)):
            return False
        channel = self.road.channel
        return (
            (channel, True) in self.heard
            and (channel, False) not in self.heard
            and all(standing.may for standing in self.standings.values())
        )

    @property
    def can_attach(self) -> bool:
        return self.way != Way.NOTE and self.road is not None and self.road.adapter.can_attach

    @property
    def length(self) -> Length:
        if self.way == Way.NOTE or self.road is None:
            return Length(0, None)
        adapter = self.road.adapter
        most = adapter.limit(is_public=self.way == Way.PUBLIC)
        return Length(adapter.measure(self.text), most, str(adapter.unit))

    @property
    def blank(self) -> str:
        """The first field that stands open in the text, in its braces: until it is filled in nothing is sent."""
        return next((f"{{{name}}}" for name in fields_in(self.text)), "")

    @property
    def is_waiting(self) -> bool:
        """A file of it is still to be scanned."""
        return any(one.state == Attachment.State.PENDING for one in self.files)


def choose(known: list[Road], *, road: str, way: str, by_road: bool = False) -> tuple[Road | None, str]:
    """The road and the way that fit each other; what was chosen last (`by_road`: the road) decides."""
    chosen = next((one for one in known if one.value == road), known[0] if known else None)
    if chosen is None:
        return None, Way.NOTE
    if way != Way.PUBLIC or chosen.adapter.can_public:
        return chosen, way
    public = next((one for one in known if one.adapter.can_public), None)
    return (chosen, Way.PRIVATE) if by_road or public is None else (public, way)


def first_way(road: Road | None, heard: Heard) -> str:
    """As the customer wrote last on this channel, where one may answer so; else privately."""
    if road is None:
        return Way.NOTE
    last = next((is_public for channel, is_public in reversed(heard) if channel == road.channel), False)
    if not (last and road.adapter.can_public):
        return Way.PRIVATE
    return Way.PUBLIC if road.standing(is_public=True, heard=heard).may else Way.PRIVATE
