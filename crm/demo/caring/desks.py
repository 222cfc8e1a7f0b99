"""Who works on the year's tasks, and what they leave behind: kept until it is written at once, in the order of time."""

import datetime as dt
import random
import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from caring.models import Attempt, Score, Suppression, Task
from caring.words import Work
from crm.billing.models import Bill
from crm.customers.models import ContactPoint, Customer, Reveal
from crm.demo.caring.lives import Life
from crm.demo.people import Cast
from crm.events.models import Event
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Interaction

DAY = dt.timedelta(days=1)
OPENS, CLOSES = dt.time(8), dt.time(19, 30)  # within the hours that are not quiet
ROOM = 100_000
CAP, CAP_DAYS = 2, 7 * DAY
CALLERS = ("joko", "mega", "wayan", "sari", "putri", "asep")
RETAIN = ("mega", "wayan")
AT_OFFICES = {"Bandung": "asep", "Makassar": "tenri"}
SCORES = "bagas"
Facts = Callable[[], dict[str, Any]]


@dataclass
class Fact:
    """An event that is still to be written: ids of its rows are known only then."""

    at: dt.datetime
    kind: str
    subject: Any
    customer_id: int | None
    by: User | None
    facts: Facts


@dataclass
class Desks:
    cast: Cast
    lives: Mapping[int, Life]
    rng: random.Random
    now: dt.datetime
    attempts: list[Attempt] = field(default_factory=list)
    contacts: list[Interaction] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reveals: list[Reveal] = field(default_factory=list)
    put_off: list[Suppression] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    again: list[Task] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    first_event: int = 0
    seen: set[int] = field(default_factory=set)
    unlucky: dict[int, int] = field(default_factory=dict)  # of each stage, the task that reaches nobody
    courtesies: dict[int, list[dt.datetime]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.paid = dict(Bill.objects.exclude(paid=None).values_list("pk", "paid"))
        self.points: dict[tuple[int, str], str] = {}
        for point in ContactPoint.objects.order_by("-verified_at", "-pk"):  # the last one stands: as caring/reach.py
            self.points[point.customer_id, point.kind] = point.value
        self.zones = {zone: zoneinfo.ZoneInfo(zone) for zone in Customer.objects.values_list("time_zone", flat=True)}

    def write_down(self) -> None:
        """All that was done, in the order of time."""
        for rows in (self.contacts, self.attempts, self.reveals, self.put_off, self.scores):
            rows.sort(key=lambda row: row.at)
        self.messages.sort(key=lambda message: message.send_at)
        written: tuple[list[Any], ...] = (
            self.contacts, self.messages, self.attempts, self.reveals, self.put_off, self.scores
        )  # fmt: skip
        for kept in written:
            if kept:
                type(kept[0]).objects.bulk_create(kept, batch_size=2000)
        self.facts.sort(key=lambda fact: fact.at)
        events = [_event(fact, self.first_event + place) for place, fact in enumerate(self.facts)]
        Event.objects.bulk_create(events[:ROOM], batch_size=2000)

    def record(
        self, kind: str, subject: Any, at: dt.datetime, facts: Facts, *, customer: int | None, by: User | None = None
    ) -> None:
        self.facts.append(Fact(at, kind, subject, customer, by, facts))

    def in_hours(self, at: dt.datetime, customer: Customer) -> dt.datetime:
        """The same moment, or the first of the next hours in which one may call."""
        here = at.astimezone(self.zones[customer.time_zone])
        if OPENS <= here.time() < CLOSES:
            return at
        day = here if here.time() < OPENS else here + DAY
        return day.replace(hour=OPENS.hour, minute=self.rng.randint(0, 50), second=self.rng.randint(0, 59))

    def has_room(self, customer_id: int, at: dt.datetime) -> bool:
        return sum(at - CAP_DAYS < one <= at for one in self.courtesies[customer_id]) < CAP

    def whoever_does(self, task: Task) -> User:
        if task.stage.work == Work.QUALITY:
            return self.cast.users[SCORES]
        names: tuple[str, ...] = RETAIN if task.stage.work == Work.RETENTION else CALLERS
        if task.stage.work == Work.OFFICE:
            names = tuple(who for city, who in AT_OFFICES.items() if task.customer.city == city) or ("asep", "tenri")
        return self.cast.users[self.rng.choice(names)]


def make_room() -> int:
    """Ids of events before those of the last month, so that the year's are behind whatever reads the news."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(s), setval(s, currval(s) + %s) FROM pg_get_serial_sequence('events_event', 'id') s", [ROOM]
        )
        return int(cursor.fetchone()[0])


def _event(fact: Fact, pk: int) -> Event:
    return Event(
        pk=pk, kind=fact.kind, subject_type=fact.subject._meta.model_name, subject_id=fact.subject.pk,
        customer_id=fact.customer_id, actor_id=fact.by.pk if fact.by else None, at=fact.at, facts=fact.facts(),
    )  # fmt: skip
