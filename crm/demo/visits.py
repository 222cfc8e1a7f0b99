"""Three days at the two centres of the demo, by the real verbs: a queue, one counter each, some who lose patience."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crm.customers.models import Customer, IdentityDocument
from crm.demo.customers import Somebody
from crm.demo.people import Cast
from crm.staff.models import Office, User
from crm.visits.actions import call_visit, check_in, end_visit, leave, open_counter, see_paper, start_visit
from crm.visits.models import Visit
from crm.visits.words import Purpose, Result

OPENS, CLOSES = dt.time(8), dt.time(15, 30)
DAYS = 3
LONGEST_TODAY = dt.timedelta(hours=4)
QUIET = dt.timedelta(minutes=45)  # before now: whoever came then has gone, and the hall fills anew
PATIENCE = dt.timedelta(minutes=22)
MINUTE = dt.timedelta(minutes=1)
COUNTERS = (("dago", "asep", 3), ("panakkukang", "tenri", 1))
CAME_FOR = {
    Purpose.CARD: ("kartu hilang, sudah bawa KTP", "kartu rusak, tidak terbaca", "ganti ke eSIM", ""),
    Purpose.BILL: ("tagihan naik dari bulan lalu", "mau bayar di sini", "minta rincian tagihan", ""),
    Purpose.COMPLAINT: ("sinyal di rumah hilang", "kuota terpotong sendiri", ""),
    Purpose.NEW: ("kartu untuk anak", "mau pascabayar", ""),
    Purpose.OTHER: ("tanya paket haji", "ubah alamat", ""),
}
OUTCOMES = (Result.DONE, Result.DONE, Result.DONE, Result.DONE, Result.BACK, Result.NOT_POSSIBLE)


@dataclass
class Desk:
    """One counter, and until when it is busy."""

    office: Office
    by: User
    number: int
    free_at: dt.datetime


def open_centres(cast: Cast, people: list[Somebody], rng: random.Random, now: dt.datetime) -> None:
    for code, username, number in COUNTERS:
        office, by = cast.offices[code], cast.users[username]
        near = [one.customer for one in people if one.office == office.name and " " in one.customer.name]
        for begins, ends in _sessions(office, now):
            _live_through(Desk(office, by, number, begins), list(_arrivals(begins, ends, rng)), near, rng, now)
        _fill_the_hall(Desk(office, by, number, now), near, now)
        open_counter(number=number, by=by, at=now)


def _sessions(office: Office, now: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The last days from opening to closing; today up to now, also where somebody looks at night."""
    zone = ZoneInfo(office.time_zone)
    today = now.astimezone(zone).date()
    for back in range(DAYS - 1, 0, -1):
        day = today - dt.timedelta(days=back)
        yield dt.datetime.combine(day, OPENS, zone), dt.datetime.combine(day, CLOSES, zone)
    yield max(now - LONGEST_TODAY, dt.datetime.combine(today, dt.time.min, zone)), now - QUIET


def _arrivals(begins: dt.datetime, ends: dt.datetime, rng: random.Random) -> Iterator[dt.datetime]:
    at = begins
    while (at := at + dt.timedelta(minutes=rng.expovariate(1 / 16) + 1)) < ends:
        yield at


# Minutes ago, for what: the first is being served, the others wait; the newest comes first by right.
IN_THE_HALL = (
    (9.0, Purpose.CARD, False), (12.6, Purpose.CARD, False), (9.1, Purpose.BILL, False), (6.0, Purpose.NEW, False),
    (3.8, Purpose.COMPLAINT, False), (0.8, Purpose.OTHER, True),
)  # fmt: skip


def _fill_the_hall(desk: Desk, near: list[Customer], now: dt.datetime) -> None:
    for place, (ago, purpose, first) in enumerate(IN_THE_HALL):
        customer = near[place % len(near)] if near and place % 3 == 0 else None
        visit, _new = check_in(
            office=desk.office, purpose=purpose, note=CAME_FOR[purpose][0], customer=customer, is_priority=first,
            at=now - ago * MINUTE,
        )  # fmt: skip
        if place == 0:
            call_visit(visit=visit, counter=desk.number, by=desk.by, at=now - 3.1 * MINUTE)
            start_visit(visit=visit, by=desk.by, at=now - 2.6 * MINUTE)


def _live_through(
    desk: Desk, arrivals: list[dt.datetime], near: list[Customer], rng: random.Random, now: dt.datetime
) -> None:
    for at in arrivals:
        purpose = rng.choices(list(CAME_FOR), weights=(5, 6, 5, 3, 2))[0]
        customer = rng.choice(near) if near and rng.random() < 0.7 else None
        visit, _new = check_in(
            office=desk.office, purpose=purpose, note=rng.choice(CAME_FOR[purpose]), customer=customer,
            is_priority=rng.random() < 0.06, at=at,
        )  # fmt: skip
        called = max(at + MINUTE / 2, desk.free_at + MINUTE / 3)
        if called - at > PATIENCE and at + PATIENCE < now:
            leave(visit=visit, at=at + PATIENCE)
        else:
            _serve(desk, visit, called, rng)


def _serve(desk: Desk, visit: Visit, called: dt.datetime, rng: random.Random) -> None:
    visit = call_visit(visit=visit, counter=desk.number, by=desk.by, at=called)
    started = called + MINUTE / 2
    visit = start_visit(visit=visit, by=desk.by, at=started)
    if visit.customer_id and visit.purpose in (Purpose.CARD, Purpose.NEW) and rng.random() < 0.8:
        see_paper(visit=visit, paper=IdentityDocument.Kind.NIK, by=desk.by, at=started + MINUTE)
    desk.free_at = started + dt.timedelta(minutes=rng.triangular(3, 18, 6))
    end_visit(visit=visit, outcome=rng.choice(OUTCOMES), by=desk.by, at=desk.free_at)
