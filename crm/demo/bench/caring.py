"""A night of the programme: every rule over every line, and the tasks they make; once more, when nothing is new; and a
night whose worker is killed in the middle, finished by others. Rules alone are read by one, a night is done by two who
share it, as two processes of the queue do.

The floor is what no night can do without, in the same run: a scan of what decides, and the tasks' own rows copied into
a table with the same indexes.
"""

import datetime as dt
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from caring.conditions import kept_ways
from caring.defaults import ensure_programme
from caring.evaluate import evaluate
from caring.handlers import begin_on
from caring.models import Run, RunRange, Task
from caring.picking import EVERYWHERE, Moment, picked
from caring.policy import policy_in_force, versions_in_force
from caring.sources import SOURCES
from crm.billing import months
from crm.billing.models import Bill, TopUp, Usage
from crm.cases.models import Case
from crm.customers.models import Consent, Customer, Product, ServiceOrder, Subscription
from crm.demo.bench import fill, table
from crm.events.models import Event
from crm.lib.inserting import insert_select

WORKERS = 2
LINES_A_CUSTOMER = 2
MONTHS = 4  # of usage
EVENTS = 200  # one order, one moved line for so many lines
SCANS = (
    "SELECT sum(arpu), count(active_until) FROM customers_subscription",
    "SELECT sum(minutes_in), sum(minutes_out), sum(megabytes) FROM billing_usage",
    "SELECT sum(total), max(due) FROM billing_bill",
    "SELECT count(*) FROM customers_consent WHERE answer = 'yes'",
)
MARK = """
SELECT count(*), sum(hashtext(concat_ws('|', stage_id, subscription_id, customer_id, occasion, state, why, channel,
    due_at, next_at, facts))::bigint) FROM caring_task
"""
WORKER = """
import datetime as dt, sys, django
django.setup()
from caring.evaluate import evaluate
from caring.picking import Moment
evaluate(Moment(dt.date.fromisoformat(sys.argv[1]), dt.datetime.fromisoformat(sys.argv[2])))
"""


def run(options: Namespace) -> dict[str, Any]:
    size, moment = options.n or 2_000_000, Moment.of(timezone.now())
    ensure_programme()
    filled = _timed(lambda: _fill(size, moment.day))
    scan = sum(_timed(lambda one=one: _run(one)) for one in SCANS)  # type: ignore[misc]
    by_stage = _picking(moment)
    night = _timed(lambda: _night(moment))
    copy, made = _copied(), _mark()
    tasks = Task.objects.count()
    Run.objects.update(slot="before")
    again = _timed(lambda: _night(moment))
    again_made = Task.objects.count() - tasks
    _forget()
    left = _killed_halfway(moment)
    resumed = _timed(lambda: _finished(moment))
    same = _mark() == made
    events, begun = _events(moment)
    figures = {
        "lines": size, "tasks": tasks, "workers": WORKERS, "rules_s": sum(by_stage.values()), "night_s": night,
        "writing_s": night - again, "writing_a_million_s": (night - again) * 1e6 / max(1, tasks),
        "ratio": night / (scan + copy), "scan_s": scan, "copy_s": copy, "again_s": again, "again_made": again_made,
        "killed_with_left": left, "resumed_s": resumed, "same_after_kill": same,
        "events": events, "events_s": begun, "filled_s": filled,
    }  # fmt: skip
    table.show("Picking alone, by stage", ["stage", "seconds"], by_stage.items())
    table.show(f"A night of {size:,} lines", ["figure", "value"], figures.items())
    return figures


def _night(moment: Moment) -> None:
    """Begun by as many as share it."""
    with ThreadPoolExecutor(WORKERS) as pool:
        for worker in [pool.submit(_work, moment) for _ in range(WORKERS)]:
            worker.result()


def _work(moment: Moment) -> None:
    try:
        evaluate(moment)
    finally:
        connections.close_all()


def _picking(moment: Moment) -> dict[str, float]:
    """Each rule over everybody, nothing made."""
    took: dict[str, float] = {}
    for version in versions_in_force():
        for way in kept_ways(version.rule):
            if SOURCES[way.source].is_event:
                continue
            courtesy, held_out = version.stage.is_courtesy, policy_in_force().hold_out_per_mille
            select, params = picked(way, moment, EVERYWHERE, courtesy=courtesy, held_out=held_out)
            statement = f"SELECT count(*), count(why), count(value), count(facts) FROM ({select}) p"
            took[f"{version.stage_id}.{way.number} {way.source}"] = _timed(
                lambda statement=statement, params=params: _run(statement, params)  # type: ignore[misc]
            )
    return took


def _killed_halfway(moment: Moment) -> int:
    """How many ranges a worker left that got no further than half of them."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER, moment.day.isoformat(), moment.at.isoformat()])
    while not _is_half_done() and worker.poll() is None:
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    return RunRange.objects.filter(done_at__isnull=True).count()


def _is_half_done() -> bool:
    every = RunRange.objects.count()
    return bool(every) and RunRange.objects.filter(done_at__isnull=False).count() * 2 >= every


def _finished(moment: Moment) -> None:
    """The server lets go of the dead worker's range when its statement is over."""
    _night(moment)
    while evaluate(moment).finished_at is None:
        time.sleep(0.2)


def _events(moment: Moment) -> tuple[int, float]:
    """What begins by its event, many at once."""
    count, took = 0, 0.0
    for source in ("order", "line"):
        ids = list(Event.objects.filter(kind__in=SOURCES[source].news).order_by("pk").values_list("pk", flat=True))
        began = time.perf_counter()
        with transaction.atomic():
            count += begin_on(source, ids, moment)
        took += time.perf_counter() - began
    return count, took


def _copied() -> float:
    """Seconds for the tasks' rows alone."""
    _run("CREATE TABLE bench_copy (LIKE caring_task INCLUDING ALL)")
    took = _timed(lambda: _run("INSERT INTO bench_copy SELECT * FROM caring_task"))
    _run("DROP TABLE bench_copy")
    return took


def _forget() -> None:
    _run("TRUNCATE caring_task, caring_run CASCADE")


def _mark() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(MARK)
        return cursor.fetchone()


def _fill(size: int, day: dt.date) -> None:
    """A tenth of everything is unusual: late, silent, new, or about to run out."""
    Product.objects.get_or_create(code="simPATI")
    Product.objects.get_or_create(code="kartuHALO", defaults={"postpaid": True})
    _ranged(size // LINES_A_CUSTOMER, _customers)
    low = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    _ranged(size, lambda series: _lines(series, low, day))
    newest = months.last_full(day)
    for back in range(MONTHS):
        _by_line(lambda lines, back=back: _usage(lines, newest, back))  # type: ignore[misc]
    _by_line(lambda lines: _bills(lines, newest, day))
    _by_line(lambda lines: _top_ups(lines, day))
    _cases(size, low)
    _orders()
    _run("VACUUM (ANALYZE)")


def _ranged(last: int, fill_one: Callable[[str], object]) -> None:
    for first, end in fill._ranges(1, last):
        with transaction.atomic():
            fill._without_foreign_key_checks()
            fill_one(f"generate_series({first}, {end}) i")


def _by_line(fill_one: Callable[[str], object]) -> None:
    """Over the lines there are; `i` is the line's own place."""
    low = Subscription.objects.order_by("pk").values_list("pk", flat=True)[0]
    for first, end in fill._ranges(low, Subscription.objects.order_by("-pk").values_list("pk", flat=True)[0]):
        with transaction.atomic():
            fill._without_foreign_key_checks()
            fill_one(
                f"(SELECT *, id - {low} + 1 AS i FROM customers_subscription WHERE id BETWEEN {first} AND {end}) l"
            )


def _customers(series: str) -> None:
    mark = fill._last_id(Customer)
    tier = "('{platinum,gold,silver,bronze,basic}'::text[])[1 + mod(i, 5)]"
    insert_select(Customer, series, {"name": "'Customer ' || i", "tier": tier, "created_at": "now()"})
    agreed = f"(SELECT id FROM customers_customer WHERE id > {mark} AND mod(id, 10) > 0) c"
    yes = {"customer_id": "id", "purpose": "'care'", "text": "'Ya.'", "version": "'1'", "channel": "'counter'",
           "given_at": "now()"}  # fmt: skip
    insert_select(Consent, agreed, yes)


def _lines(series: str, low: int, day: dt.date) -> None:
    post, stopped = "mod(i, 2) = 0", "mod(i, 100) IN (40, 41)"
    state = f"CASE WHEN {stopped} THEN CASE WHEN {post} THEN 'isolir' ELSE 'grace' END ELSE 'active' END"
    columns = {
        "customer_id": f"{low} + (i - 1) / {LINES_A_CUSTOMER}", "msisdn": "'+62811' || lpad(i::text, 9, '0')",
        "product_id": f"CASE WHEN {post} THEN 'kartuHALO' ELSE 'simPATI' END", "postpaid": post, "state": state,
        "state_since": "now() - (30 + mod(i / 100, 30)) * interval '1 day'", "arpu": "mod(i * 7919::bigint, 330000)",
        "activated_on": f"'{day}'::date - (40 + mod(i * 7, 3650))",
        "active_until": f"CASE WHEN NOT {post} THEN '{day}'::date + mod(i / 2, 60) END",
        "grace_until": f"CASE WHEN {stopped} AND NOT {post} THEN '{day}'::date + mod(i / 100, 30) END",
    }  # fmt: skip
    insert_select(Subscription, series, columns)


def _usage(lines: str, newest: int, back: int) -> None:
    """Of a hundred lines three fell silent, five use a third, two use four times as much."""
    usual = "(100 + mod(i, 50))"
    changed = "CASE WHEN mod(i, 100) < 3 THEN 0 WHEN mod(i, 100) < 8 THEN 0.3 WHEN mod(i, 100) > 97 THEN 4 ELSE 1 END"
    minutes = f"{usual} * {changed}" if back == 0 else usual
    columns = {
        "customer_id": "customer_id", "subscription_id": "id", "month": f"'{months.first_day(newest - back)}'::date",
        "minutes_out": minutes, "minutes_in": f"{minutes} * 0.5", "megabytes": f"{minutes} * 9", "recorded_at": "now()",
    }  # fmt: skip
    insert_select(Usage, lines, columns)


def _bills(lines: str, newest: int, day: dt.date) -> None:
    """Postpaid lines have the newest; nearly all one before it, which is paid; one in fifty a year of them."""
    for back in range(13):
        some = "TRUE" if back == 0 else "mod(i, 20) > 0" if back == 1 else "mod(i, 50) = 2"
        issued = f"'{day}'::date - {30 * back} - CASE WHEN mod(i, 10) < 4 THEN 2 ELSE 12 END"
        amount = "(100000 + mod(id * 7919, 200000))"
        columns = {
            "customer_id": "customer_id", "subscription_id": "id", "number": f"'B' || id || '-{back}'",
            "month": f"'{months.first_day(newest - back)}'::date", "net": amount, "tax": "0", "total": amount,
            "issued": issued, "due": f"({issued}) + CASE WHEN mod(i, 10) < 4 THEN 20 ELSE 10 END",
            "paid": "NULL::date" if back == 0 else f"({issued}) + 5", "recorded_at": "now()",
        }  # fmt: skip
        paid = f"CASE WHEN mod(i, 10) < 8 THEN ({issued}) + 1 END" if back == 0 else columns["paid"]
        insert_select(Bill, f"{lines} WHERE postpaid AND {some}", columns | {"paid": paid})


def _top_ups(lines: str, day: dt.date) -> None:
    columns = {
        "customer_id": "customer_id", "subscription_id": "id", "reference": "'T' || id", "amount": "50000",
        "bought_on": f"'{day}'::date - mod(i / 2, 60)::int", "recorded_at": "now()",
    }  # fmt: skip
    insert_select(TopUp, f"{lines} WHERE NOT postpaid AND mod(i, 3) = 0", columns)


def _cases(size: int, low: int) -> None:
    """A complaint of one customer in twenty; half are settled."""
    settled = "mod(i, 2) = 0"
    columns = {
        "customer_id": f"{low} + mod(i * 7919::bigint, {max(1, size // LINES_A_CUSTOMER)})", "kind": "'complaint'",
        "state": f"CASE WHEN {settled} THEN 'settled' ELSE 'open' END", "channel": fill.CHANNELS,
        "outcome": f"CASE WHEN {settled} THEN 'solved' ELSE '' END", "subject": "'Case ' || i",
        "opened_at": "now() - mod(i, 80) * interval '1 day' - interval '1 hour'", "created_at": "now()",
        "settled_at": f"CASE WHEN {settled} THEN now() - mod(i, 25) * interval '1 hour' END",
        "last_message_at": "now()",
    }  # fmt: skip
    _ranged(size // 20, lambda series: insert_select(Case, series, columns))


def _orders() -> None:
    """Orders that are planned, and lines that were suspended; each told by an event."""
    kinds = "('{registration,installation,repair,removal}'::text[])[1 + mod(id, 4)]"
    some = f"(SELECT * FROM customers_subscription WHERE mod(id, {EVENTS}) = 0) l"
    order = {
        "customer_id": "customer_id", "subscription_id": "id", "kind": kinds, "reference": "'SO-' || id",
        "planned_for": "now() + interval '2 days'", "told_at": "now()", "created_at": "now()", "updated_at": "now()",
    }  # fmt: skip
    insert_select(ServiceOrder, some, order)
    told = {"kind": "'order.planned'", "subject_type": "'serviceorder'", "subject_id": "id",
            "customer_id": "customer_id", "at": "now()", "facts": "'{}'::jsonb"}  # fmt: skip
    insert_select(Event, "customers_serviceorder", told)
    moved = told | {"kind": "'line.suspended'", "subject_type": "'subscription'"}
    insert_select(Event, some.replace("WHERE", "WHERE postpaid AND"), moved)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _run(statement: str, params: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
