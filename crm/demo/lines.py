"""Lines in every state of their life, numbers that changed, registrations, and what provisioning told of them."""

import datetime as dt
import random
from collections.abc import Iterator

from crm.customers.lines.actions import add_line, change_number, change_user, move_line, register_prepaid
from crm.customers.lines.orders import tell_order
from crm.customers.lines.states import path
from crm.customers.models import Customer, Product, Subscription
from crm.demo.people import Cast
from crm.staff.models import Role, User

# How far each new line has come on its way, the days between two steps.
WAYS = (
    ("Speedy", 1), ("Speedy", 2), ("POTS", 3), ("Speedy", 4), ("kartuHALO", 5), ("Flexi Classy", 6), ("POTS", 7),
    ("KartuAS", 1), ("Flexi Trendy", 2), ("simPATI", 3), ("KartuAS", 4),
)  # fmt: skip
STEP = dt.timedelta(days=6)
VISITS = {"surveyed": "survey", "installed": "installation", "active": "registration", "removed": "removal"}
REMARKS = {"survey": "Tiang terdekat 40 m, jalur masih kosong.", "installation": "Pasang di ruang tamu, sore hari.",
           "repair": "Kabel putus karena dahan."}  # fmt: skip
CHANGED, REGISTERED, USED = 6, 60, 5


def live_lines(cast: Cast, rng: random.Random, now: dt.datetime) -> None:
    boss = next(user for user in cast.users.values() if user.role == Role.SUPERVISOR)
    numbers = iter(rng.sample(range(100, 999), 100))
    people = list(Customer.objects.filter(kind="person", absorbed_into=None).exclude(name="").order_by("pk")[40:80])
    for customer, (code, steps) in zip(people, WAYS, strict=False):
        at, product = now - steps * STEP, Product.objects.get(pk=code)
        number = f"+6281200000{next(numbers)}"
        _live(add_line(customer=customer, product=product, number=number, by=boss, at=at), steps, at, now)
    _change_numbers(numbers, boss, now)
    _register(boss, now)
    for line in Subscription.objects.filter(product="kartuHALO", state="active").order_by("pk")[:USED]:
        change_user(line=line, user=people[-line.pk % 20], by=boss, at=now - dt.timedelta(days=9))
        tell_order(reference=f"SO-R{line.pk:06}", customer=line.customer, kind="repair", state="planned", line=line,
                   planned_for=now + dt.timedelta(days=1), remark=REMARKS["repair"], at=now)  # fmt: skip


def _live(line: Subscription, steps: int, at: dt.datetime, now: dt.datetime) -> None:
    """So many steps along its life, the first of which was taken at `at`."""
    states = path(postpaid=line.postpaid)
    for state in states[1:steps]:
        at += STEP
        _tell(line, state, at)
        move_line(line=line, state=state, by=None, at=at)
    coming = [one for one in states[steps:4] if one in VISITS]
    if coming:
        _tell(line, coming[0], now + dt.timedelta(days=2), done=False)


def _tell(line: Subscription, state: str, at: dt.datetime, *, done: bool = True) -> None:
    if state in VISITS and line.postpaid:
        kind = VISITS[state]
        tell_order(
            reference=f"SO-{line.pk:06}-{kind[:3].upper()}", customer=line.customer, kind=kind, line=line,
            state="done" if done else "planned", planned_for=at, done_at=at if done else None,
            remark=REMARKS.get(kind, ""), at=at if done else at - dt.timedelta(days=3),
        )  # fmt: skip


def _change_numbers(numbers: Iterator[int], by: User, now: dt.datetime) -> None:
    mobile = Subscription.objects.filter(state="active", product__technology="mobile").order_by("-pk")
    for place, line in enumerate(mobile[:CHANGED]):
        at = now - dt.timedelta(days=40 * place + 3)
        change_number(line=line, number=f"+6281300000{next(numbers)}", by=by, reference=f"SO-N{line.pk:06}", at=at)


def _register(by: User, now: dt.datetime) -> None:
    for line in Subscription.objects.held().filter(postpaid=False).order_by("pk")[:REGISTERED]:
        state = "refused" if line.pk % 29 == 0 else "pending" if line.pk % 13 == 0 else "registered"
        reference = f"REG-{line.pk:07}" if state == "registered" else ""
        register_prepaid(line=line, state=state, reference=reference, by=by, at=now - dt.timedelta(days=line.pk % 90))
