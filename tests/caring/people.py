"""Lines and what happens to them, for the programme's tests; and the programme hearing of it."""

import datetime as dt
from typing import Any

from django.utils import timezone

from caring.evaluate import evaluate
from caring.handlers import BEGIN, END, begin_tasks, end_tasks
from caring.models import Run, Stage, Task
from caring.picking import Moment
from crm.billing.models import Bill, TopUp, Usage
from crm.billing.months import first_day, last_full, number, today
from crm.customers.lines.orders import tell_order
from crm.customers.models import Consent, Customer, Purpose, Subscription
from crm.events.models import Event
from tests.people import a_customer, a_line

NOW = timezone.now()
TODAY = today(NOW)
MONTH = first_day(last_full(TODAY))  # the newest full one
_number = iter(range(10_000, 99_999))


def a_consenting(name: str = "Rina Maharani", **fields: Any) -> Customer:
    customer = a_customer(name, **fields)
    Consent.objects.create(customer=customer, purpose=Purpose.CARE, version="1", channel="counter", text="Ya.")
    return customer


def a_subscriber(product: str = "kartuHALO", *, customer: Customer | None = None, **fields: Any) -> Subscription:
    """Somebody who agreed to courtesy contacts, with one line."""
    return a_line(customer or a_consenting(), f"+62811{next(_number)}", product, **fields)


def a_task(stage: int = 22, **fields: Any) -> Task:
    """A call to be made now, to somebody who agreed to courtesy contacts."""
    at, line = timezone.now(), a_subscriber(**fields)
    return Task.objects.create(
        stage_id=stage, version=Stage.objects.get(pk=stage).version, customer=line.customer, subscription=line,
        occasion="usage:2026-10", channel="call", occurred_at=at, next_at=at, due_at=at + dt.timedelta(days=3),
    )  # fmt: skip


def a_bill(line: Subscription, *, due: dt.date | None = None, month: dt.date = MONTH, **fields: Any) -> Bill:
    given = {"number": f"B{next(_number)}", "net": 200_000, "tax": 22_000, "total": 222_000, "issued": month} | fields
    return Bill.objects.create(customer=line.customer, subscription=line, month=month, due=due, **given)


def a_top_up(line: Subscription, *, bought_on: dt.date = TODAY, amount: int = 50_000) -> TopUp:
    return TopUp.objects.create(
        customer=line.customer, subscription=line, reference=f"T{next(_number)}", amount=amount, bought_on=bought_on
    )


def used(line: Subscription, *months: float | None) -> None:
    """Minutes of the newest full month, and of those before it, going back."""
    for back, minutes in enumerate(months):
        Usage.objects.create(customer=line.customer, subscription=line, month=before(back), minutes_out=minutes)


def before(back: int) -> dt.date:
    """The first day of so many months before the newest full one."""
    return first_day(number(MONTH) - back)


def ordered(line: Subscription, kind: str, state: str = "planned", *, reference: str = "PSB-1", **said: Any) -> None:
    at = timezone.now()
    said = ({"done_at": at} if state == "done" else {}) | said
    tell_order(reference=reference, customer=line.customer, kind=kind, state=state, line=line, at=at, **said)


def hear() -> None:
    """The programme hears of everything that was recorded, in order. Twice is as good as once."""
    for event in Event.objects.order_by("id"):
        if event.kind in BEGIN:
            begin_tasks(event)
        if event.kind in END:
            end_tasks(event)


def night(at: dt.datetime = NOW) -> Run:
    return evaluate(Moment.of(at))


def tasks_of(stage: int) -> list[Task]:
    return list(Task.objects.filter(stage=stage).order_by("pk"))


def states_of(stage: int) -> list[str]:
    return [task.state for task in tasks_of(stage)]
