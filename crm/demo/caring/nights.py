"""The programme as it ran through the year: each night's evaluation, what came by day, and the people who did the work.

Tasks are made by the programme's own statements, as of each night. Only the reasons that end a task are told here
(caring/ending.py reads things as they stand today).
"""

import datetime as dt
import random
import zoneinfo
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from functools import cache

from django.conf import settings
from django.db.models import F, Q

from caring.conditions import WayRead, kept_ways
from caring.effect.reckoning import reckon
from caring.evaluate import evaluate, spans
from caring.handlers import BEGIN, begin_on
from caring.inserting import insert_tasks
from caring.models import Run, RunRange, StageVersion, Task
from caring.picking import ONLY, WITHIN, Moment
from caring.policy import versions_in_force
from caring.sources import SOURCES
from caring.visiting import plan_visit
from caring.words import Way
from crm.billing import months, rolling
from crm.billing.models import TopUp
from crm.customers.models import ServiceOrder, Subscription
from crm.demo.billing import HELD_OUT_PER_MILLE
from crm.demo.caring.desks import Desks
from crm.demo.caring.lives import YEAR, Lives
from crm.demo.caring.work import work
from crm.demo.people import Cast
from crm.events.models import Event
from crm.events.subscribe import begin_after

DAY = dt.timedelta(days=1)
AT = dt.time(3)  # crm/celery.py: when the night's evaluation runs
TOOK = dt.timedelta(seconds=41)
# By day of the month, which sources have something new: bills, reminders, top-ups, months of use, anniversaries.
NEW_ON: dict[int, tuple[str, ...]] = {
    3: ("bill", "usage", "anniversary", "removal"), 10: ("anniversary", "removal"), 14: ("top_up",),
    17: ("top_up", "anniversary", "removal"), 19: ("unpaid",), 25: ("top_up", "anniversary", "removal"),
    28: ("top_up", "on_time", "unpaid"),
}  # fmt: skip
# Of these the demo knows no more than the last month; each night of it is played.
KNOWN, LATELY = ("settled", "watch"), 31
THESE_DAYS, NOW = 5, ("unpaid", "active_period", "removal", "bill", "top_up", "usage", "anniversary", "on_time")
# Until then bills went out on paper.
BY_MAIL, MAILED = 11, 100
READERS = ("caring-begin", "caring-end", "caring-messages")


def run_a_year(cast: Cast, lives: Lives, rng: random.Random, now: dt.datetime, *, first_event: int) -> None:
    _ways.cache_clear()
    _top_up_new_lines(lives, now)
    desks = Desks(cast, lives.by_line, rng, now, first_event=first_event)
    acts, before, quiet = deque(lives.acts), now - DAY * (YEAR + 1), []
    for night in _nights(now):
        sources = _sources(night, now)
        if not sources:
            quiet.append(_run(night, desks))
            continue
        while acts and acts[0].at <= night:
            act = acts.popleft()
            act.do(act.at)
        _begin_orders(before, night)
        Run.objects.bulk_create(quiet)
        quiet.clear()
        _evaluate(night, sources, desks, now)
        work(desks, _new(before, night))
        before = night
    for act in acts:
        act.do(act.at)
    _begin_orders(before, now)
    _begin_others(now)
    work(desks, _new(now - DAY * (YEAR + 1), now))
    evaluate(Moment.of(now), hourly=True)
    work(desks, _new(now - TOOK, now))
    desks.write_down()
    _plan_visits(desks, now)
    reckon(months.today(now), now)
    begin_after(Event.objects.latest("pk"), only=READERS)  # all of it has been acted on


def _top_up_new_lines(lives: Lives, now: dt.datetime) -> None:
    """Those of these days, too, whose month has no figures yet."""
    today = months.today(now)
    lines = Subscription.objects.filter(pk__in=lives.by_line, postpaid=False, activated_on__gte=today - 12 * DAY)
    found = [
        TopUp(
            customer_id=line.customer_id, subscription=line, reference=f"T-{line.pk}-{place}", amount=25_000,
            bought_on=day, method="Aplikasi",
        )
        for line in lines.order_by("pk") for place, day in enumerate(_days_after(line)) if day <= today
    ]  # fmt: skip
    TopUp.objects.bulk_create(found)
    for one in found:
        rolling.refresh_line(one.subscription_id, one.bought_on.replace(day=1).isoformat())


def _plan_visits(desks: Desks, now: dt.datetime) -> None:
    """Two of three have their day."""
    visits = Task.objects.due().filter(channel=Way.VISIT, assignee=None).select_related("stage", "customer")
    for place, task in enumerate(visits.order_by("due_at", "pk")):
        if place % 3 < 2:
            day = months.today(now) + DAY * (1 + place % 4)
            plan_visit(task=task, day=day, by=desks.whoever_does(task), at=now)


def _days_after(line: Subscription) -> list[dt.date]:
    return [line.activated_on + DAY, line.activated_on + 5 * DAY] if line.activated_on else []


def _nights(now: dt.datetime) -> Iterator[dt.datetime]:
    zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    for back in range(YEAR, -1, -1):
        night = dt.datetime.combine(today - DAY * back, AT, zone)
        if night < now:
            yield night


def _sources(night: dt.datetime, now: dt.datetime) -> set[str]:
    found, ago = set(NEW_ON.get(night.day, ())), (now - night).days
    if ago < LATELY and (ago % 2 == 0 or ago < THESE_DAYS):
        found |= set(KNOWN)
    return found | set(NOW) if ago < THESE_DAYS else found


def _begin_orders(since: dt.datetime, until: dt.datetime) -> None:
    """What orders begin, as they stood at this time."""
    told = Event.objects.filter(subject_type="serviceorder", kind__in=BEGIN, at__gt=since, at__lte=until)
    by_kind: dict[str, list[int]] = defaultdict(list)
    kinds = dict(ServiceOrder.objects.values_list("pk", "kind"))
    for pk, order in told.order_by("at", "pk").values_list("pk", "subject_id"):
        by_kind[kinds[order]].append(pk)
    for version, way in _ways("order") if by_kind else []:
        asked = next(one["value"] for one in version.rule[way.number]["when"] if one["field"] == "order_kind")
        if rows := [pk for kind in asked for pk in by_kind.get(kind, ())]:
            insert_tasks(version, way, Moment.of(until), ONLY, {"ids": rows}, held_out=HELD_OUT_PER_MILLE)
    _date_back(until)


def _begin_others(now: dt.datetime) -> None:
    """What lines and cases begin: their events keep all that is asked."""
    for name in ("line", "case"):
        told = Event.objects.filter(kind__in=SOURCES[name].news, at__gt=now - DAY * (YEAR + 1), at__lte=now)
        begin_on(name, told.values_list("pk", flat=True), Moment.of(now))
    _date_back(now)


def _date_back(at: dt.datetime) -> None:
    """Made when their event came, and by no run."""
    made = Task.objects.filter(run=None, created_at=at)
    made.filter(next_at=at).update(next_at=F("occurred_at"))
    made.filter(closed_at=at).update(closed_at=F("occurred_at"))
    made.update(created_at=F("occurred_at"))


def _run(night: dt.datetime, desks: Desks) -> Run:
    day, over = Moment.of(night).day, night + TOOK
    run = Run(slot=day.isoformat(), day=day, begun_at=night, finished_at=over)
    desks.record("caring.evaluated", run, over, lambda: {"made": run.made, "ended": 0}, customer=None)
    return run


def _evaluate(night: dt.datetime, sources: set[str], desks: Desks, now: dt.datetime) -> None:
    """As caring/evaluate.py, in one piece and without the sources that had nothing new."""
    run = _run(night, desks)
    run.save()
    ranges = [part for name in sorted(sources) for part in _ranges(run, name, now)]
    RunRange.objects.bulk_create(ranges)
    run.made = sum(part.made for part in ranges)
    run.save(update_fields=["made"])


def _ranges(run: Run, source: str, now: dt.datetime) -> Iterator[RunRange]:
    moment, ago, limit = Moment.of(run.begun_at), (now - run.begun_at).days, WITHIN
    if source == "usage" and 1 < ago < LATELY:
        limit += " AND l.id %% 2 > 0"  # the use of the others was told the day before yesterday
    for version, way in _ways(source):
        if version.stage_id == BY_MAIL and ago > MAILED:
            continue
        for low, high in spans(source):
            made = insert_tasks(
                version, way, moment, limit, {"low": low, "high": high}, held_out=HELD_OUT_PER_MILLE, run=run
            )
            yield RunRange(
                run=run, version=version, way=way.number, low=low, high=high, made=made, done_at=run.finished_at
            )


@cache
def _ways(source: str) -> list[tuple[StageVersion, WayRead]]:
    found = ((version, way) for version in versions_in_force() for way in kept_ways(version.rule))
    return [(version, way) for version, way in found if way.source == source]


def _new(since: dt.datetime, until: dt.datetime) -> Iterable[Task]:
    made = Q(created_at__gt=since, created_at__lte=until)
    tasks = Task.objects.filter(made, state__in=Task.DUE).order_by("created_at", "pk")
    return tasks.select_related("stage", "version", "customer", "subscription")
