"""What happened to lines in the year behind the demo: connected, repaired, suspended, opened again, gone.

The new lines are added here; all else is a script, played night by night, so that the programme finds each line as it
was then. Bills follow the same script.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from crm.customers.lines.actions import add_line, move_line
from crm.customers.lines.orders import tell_order
from crm.customers.models import Customer, Product, Subscription
from crm.demo.telling import Act

DAY = dt.timedelta(days=1)
YEAR = 375  # days that the programme has been running
CONNECTED = ("POTS", "Speedy", "Flexi Classy", "kartuHALO")
PREPAID = ("simPATI", "KartuAS")
NEW_POSTPAID, NEW_PREPAID, REPAIRED, CHANGED, MOVED_ON = 11, 18, 12, 9, 8
BEING_CONNECTED = (21.9, 21.7, 11.4, 10.3, 1.3, 0.5)  # days ago: orders in every stage of these days
APART = 10  # days at least between an order and its end (nights.py)
# Days ago when a line was suspended, and after how many days it was opened again; 60: it was removed; 0: it stands so.
SUSPENDED = (
    (352, 9), (331, 60), (318, 14), (297, 21), (276, 60), (265, 6), (243, 57), (229, 18), (215, 60), (198, 11),
    (184, 58), (171, 24), (158, 60), (149, 7), (131, 16), (118, 56), (108, 60), (97, 12), (86, 30), (74, 60), (66, 60),
    (59, 0), (58, 0), (57, 0), (55, 0), (41, 13), (33, 19), (22, 8), (12, 11.6), (9, 6), (6, 0), (4, 0), (2, 0), (1, 0),
    (0.4, 0),
)  # fmt: skip
# The same of prepaid lines, whose grace period began; 60: blocked and recycled.
IN_GRACE = (
    (340, 12), (301, 60), (262, 8), (224, 20), (187, 60), (152, 5), (121, 17), (88, 60), (70, 9), (52, 11), (27, 6),
    (25, 0), (24, 0), (12, 7), (9, 8.5), (3, 0), (1, 0),
)  # fmt: skip
GONE, GRACE = 60, 30


@dataclass
class Life:
    """From when to when a line brings bills; between these two days it was suspended, and nothing was paid."""

    begins: dt.date | None = None
    ends: dt.date | None = None
    stopped: dt.date | None = None
    restored: dt.date | None = None


@dataclass
class Lives:
    now: dt.datetime
    rng: random.Random
    acts: list[Act] = field(default_factory=list)
    by_line: dict[int, Life] = field(default_factory=dict)
    number: int = 1000

    def act(self, at: dt.datetime, *does: partial) -> None:
        """What has not happened yet is left to happen."""
        if at <= self.now:
            self.acts += [Act(at, do) for do in does]

    def ago(self, days: float) -> dt.datetime:
        return self.now - DAY * days - dt.timedelta(minutes=self.rng.randint(0, 200))

    def order(self, line: Subscription, kind: str, at: dt.datetime, after: float, *, cancelled: bool = False) -> None:
        """Planned at `at` for so many days on, and done then."""
        self.number += 1
        planned_for = at + DAY * after
        said = {
            "reference": f"SO-C{self.number}", "customer": line.customer, "kind": kind, "line": line,
            "planned_for": planned_for, "remark": "",
        }  # fmt: skip
        self.act(at, partial(_tell, said, "planned"))
        self.act(planned_for, partial(_tell, said, "cancelled" if cancelled else "done"))


def script_lives(rng: random.Random, now: dt.datetime) -> Lives:
    """Adds the new lines; the rest is for whoever plays the script."""
    lives = Lives(now, rng)
    people = list(Customer.objects.exclude(name="").filter(absorbed_into=None, tier__gt="").order_by("pk"))
    rng.shuffle(people)
    homes = iter(people)
    connected = [30 + _spread(place, NEW_POSTPAID) for place in range(NEW_POSTPAID)]
    for place, ago in enumerate((*connected, *BEING_CONNECTED)):
        _connect(lives, next(homes), CONNECTED[place % len(CONNECTED)], lives.ago(ago))
    for place in range(NEW_PREPAID):
        _sell(lives, next(homes), PREPAID[place % 2], lives.ago(_spread(place, NEW_PREPAID)))
    active = Subscription.objects.filter(state="active", activated_on__lt=now - DAY * 700).select_related("customer")
    postpaid, prepaid = (_one_each(active.filter(postpaid=paid).order_by("pk"), rng) for paid in (True, False))
    for ago, back in SUSPENDED:
        _suspend(lives, next(postpaid), lives.ago(ago), back)
    for ago, back in IN_GRACE:
        _let_run_out(lives, next(prepaid), lives.ago(ago), back)
    for kind, count, days in (("repair", REPAIRED, APART), ("change", CHANGED, APART + 2)):
        for place in range(count):
            lives.order(next(postpaid), kind, lives.ago(_spread(place, count)), days)
    for place in range(MOVED_ON):
        line, at = next(postpaid), lives.ago(_spread(place, MOVED_ON))
        lives.order(line, "removal", at, 12, cancelled=place % 3 == 0)
        if place % 3:
            _end(lives, line, at + 12 * DAY, "removed")
    lives.acts.sort(key=lambda act: act.at)
    return lives


def _spread(place: int, count: int) -> float:
    """Days ago: over the year, more of them lately, the last in these days."""
    return YEAR * (1 - place / (count - 1)) ** 1.6 * 0.95 + 0.3


def _one_each(lines: object, rng: random.Random) -> Iterator[Subscription]:
    """Lines of different customers: one misfortune a year is enough."""
    first: dict[int, Subscription] = {}
    for line in lines:  # type: ignore[attr-defined]
        first.setdefault(line.customer_id, line)
    chosen = list(first.values())
    rng.shuffle(chosen)
    return iter(chosen)


def _tell(said: dict, state: str, at: dt.datetime) -> None:
    tell_order(**said, state=state, done_at=at if state == "done" else None, at=at)


def _move(line: Subscription, state: str, at: dt.datetime, **dates: dt.date) -> None:
    move_line(line=line, state=state, by=None, at=at, dates=dates or None)


def _add(customer: Customer, code: str, number: int, at: dt.datetime) -> Subscription:
    product = Product.objects.get(pk=code)
    return add_line(customer=customer, product=product, number=f"+628170000{number}", by=None, at=at)


def _connect(lives: Lives, customer: Customer, code: str, at: dt.datetime) -> None:
    """Registration and survey at once, installation after three weeks, then active."""
    lives.number += 1
    line = _add(customer, code, lives.number, at)
    Subscription.objects.filter(pk=line.pk).update(arpu=240_000)
    lives.order(line, "registration", at, APART)
    lives.order(line, "survey", at + DAY, APART)
    lives.order(line, "transaction", at + 10 * DAY, APART + 1)
    lives.order(line, "installation", at + 11 * DAY, APART)
    lives.act(at + 21.4 * DAY, partial(_move, line, "active"))
    lives.by_line[line.pk] = Life(begins=(at + 21.4 * DAY).date())


def _sell(lives: Lives, customer: Customer, code: str, at: dt.datetime) -> None:
    lives.number += 1
    line = _add(customer, code, lives.number, at)
    line.active_until, line.arpu = (lives.now + DAY * lives.rng.randint(5, 40)).date(), 90_000
    line.save(update_fields=["active_until", "arpu"])
    lives.by_line[line.pk] = Life(begins=at.date())


def _suspend(lives: Lives, line: Subscription, at: dt.datetime, back: float) -> None:
    life = lives.by_line[line.pk] = Life(stopped=at.date())
    _back_to_work(line, lives.now)
    lives.act(at, partial(_move, line, "isolir"))
    if back == GONE:
        lives.order(line, "removal", at + 48 * DAY, 12)
        _end(lives, line, at + GONE * DAY, "removed")
    elif back:
        life.restored = (at + back * DAY).date()
        lives.act(at + back * DAY, partial(_move, line, "active"))


def _let_run_out(lives: Lives, line: Subscription, at: dt.datetime, back: float) -> None:
    _back_to_work(line, lives.now)
    lives.act(at, partial(_move, line, "grace", grace_until=(at + GRACE * DAY).date()))
    if back == GONE:
        lives.act(at + GRACE * DAY, partial(_move, line, "blocked"))
        _end(lives, line, at + GONE * DAY, "recycled")
    elif back:
        until = (max(at + (back + 30) * DAY, lives.now + DAY * lives.rng.randint(8, 40))).date()
        lives.act(at + back * DAY, partial(_move, line, "active", active_until=until))


def _back_to_work(line: Subscription, now: dt.datetime) -> None:
    """In its present state since before all this: what is told late would change nothing."""
    Subscription.objects.filter(pk=line.pk).update(state_since=now - DAY * (YEAR + 30))


def _end(lives: Lives, line: Subscription, at: dt.datetime, state: str) -> None:
    lives.by_line.setdefault(line.pk, Life()).ends = at.date()
    _back_to_work(line, lives.now)
    lives.act(at, partial(_move, line, state))
