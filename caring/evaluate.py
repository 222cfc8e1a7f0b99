"""The evaluation: every running stage over everybody, in ranges, each one transaction.

A killed run has done the ranges it has committed; any worker takes up the rest (SKIP LOCKED). Begun twice it is one.
A row that breaks its statement is found by halving, set aside with its reason, and the others are judged.
"""

import datetime as dt

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from caring.conditions import WayRead, kept_ways
from caring.ending import end_all
from caring.inserting import insert_tasks
from caring.models import Run, RunRange, SetAside
from caring.picking import WITHIN, Moment
from caring.policy import policy_in_force, versions_in_force
from caring.sources import SOURCES
from crm.billing.models import Load
from crm.events.actions import record
from crm.lib.failure import place
from crm.lib.inserting import commit_lazily

RANGE = 100_000
LOAD = "load:"  # slot of a run that a file began
# The source whose tasks a file begins; payments begin none, and end those that they were the reason of.
OF_LOADS: dict[str, str] = {Load.Kind.BILLS: "bill", Load.Kind.TOP_UPS: "top_up", Load.Kind.PAYMENTS: ""}


def evaluate(moment: Moment, *, hourly: bool = False) -> Run:
    """Make every task that is due as of `moment`. Beside another worker it shares the work; again, it goes on."""
    return work_through(begin_run(moment, hourly=hourly))


def run_to_do(moment: Moment) -> Run:
    """Because somebody asks. With a run that is not finished they help; else there is one a minute."""
    return Run.objects.unfinished().order_by("pk").first() or begin_run(moment, asked=True)


def work_through(run: Run) -> Run:
    """As of when it was begun, whoever works on it, and however many."""
    moment = Moment(run.day, run.begun_at)
    while work_on(run, moment):
        pass
    return _finish(run)


@transaction.atomic
def begin_run(moment: Moment, *, hourly: bool = False, asked: bool = False) -> Run:
    """The run of this day, this hour or, where somebody asks, this minute; its ranges are cut with it."""
    slot = moment.day.isoformat()
    if hourly or asked:
        slot = moment.at.strftime("%Y-%m-%dT%H:%M" if asked else "%Y-%m-%dT%H")
    run, new = Run.objects.get_or_create(slot=slot, defaults={"day": moment.day, "begun_at": moment.at})
    if new:
        RunRange.objects.bulk_create(_cut(run, hourly=hourly))
    return run


@transaction.atomic
def begin_load_run(load: Load, moment: Moment) -> Run | None:
    """What a file of bills, top-ups or payments begins or ends, without waiting for the night; None for others.
    Told twice it is one run. Whoever resumes runs works on it."""
    source = OF_LOADS.get(load.kind)
    if source is None:
        return None
    run, new = Run.objects.get_or_create(slot=f"{LOAD}{load.pk}", defaults={"day": moment.day, "begun_at": moment.at})
    if new and source:
        RunRange.objects.bulk_create(_cut_load(run, source, load.pk))
    return run


def _cut_load(run: Run, source: str, load_id: int) -> list[RunRange]:
    """The ids that the load wrote last; what lies between them has its task already, or gets it now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM {SOURCES[source].over[0]} WHERE load_id = %s", [load_id])
        low, high = cursor.fetchone()
    parts = [] if low is None else [(a, min(a + RANGE, high + 1)) for a in range(low, high + 1, RANGE)]
    return [
        RunRange(run=run, version=version, way=way.number, low=first, high=end)
        for version in versions_in_force()
        for way in kept_ways(version.rule)
        if way.source == source
        for first, end in parts
    ]


def _cut(run: Run, *, hourly: bool) -> list[RunRange]:
    ranges = []
    for version in versions_in_force():
        for number, way in enumerate(kept_ways(version.rule)):
            source = SOURCES[way.source]
            if not source.is_event and (source.hourly or not hourly):
                ranges += [RunRange(run=run, version=version, way=number, low=a, high=b) for a, b in spans(way.source)]
    return ranges


def spans(name: str) -> list[tuple[int, int]]:
    """Ranges of ids, from the first to before the second, that cover all there is of this source."""
    source = SOURCES[name]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM {source.over[0]}")
        low, high = cursor.fetchone()
    if low is None:
        return []
    if source.whole:
        return [(low, high + 1)]
    return [(first, min(first + RANGE, high + 1)) for first in range(low, high + 1, RANGE)]


@transaction.atomic
def work_on(run: Run, moment: Moment) -> bool:
    """One range that nobody else has; False when there is none."""
    commit_lazily()
    waiting = RunRange.objects.filter(run=run, done_at__isnull=True).order_by("pk")
    part = waiting.select_for_update(skip_locked=True, of=["self"]).select_related("version__stage").first()
    if part is None:
        return False
    way = kept_ways(part.version.rule)[part.way]
    part.made, part.set_aside = _judge(part, way, moment, part.low, part.high)
    part.done_at = timezone.now()
    part.save(update_fields=["made", "set_aside", "done_at"])
    return True


def _judge(part: RunRange, way: WayRead, moment: Moment, low: int, high: int) -> tuple[int, int]:
    """Tasks made and rows set aside. A connection that is gone is no fault of a row: it is raised."""
    try:
        with transaction.atomic():
            made = insert_tasks(
                part.version, way, moment, WITHIN, {"low": low, "high": high},
                held_out=policy_in_force().hold_out_per_mille, run=part.run,
            )  # fmt: skip
        return made, 0
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if high - low <= 1 or SOURCES[way.source].whole:
            return 0, _set_aside(part, low, error)
    middle = (low + high) // 2
    first, second = _judge(part, way, moment, low, middle), _judge(part, way, moment, middle, high)
    return first[0] + second[0], first[1] + second[1]


def _set_aside(part: RunRange, row: int, error: Exception) -> int:
    """Without the database's own words: they repeat values."""
    reason = type(error.__cause__ or error).__name__ + " " + place(error)
    SetAside.objects.update_or_create(
        stage=part.version.stage, row_id=row, defaults={"run": part.run, "reason": reason[:120]}
    )
    return 1


def _finish(run: Run) -> Run:
    """Once nothing is left to do and nobody is at work on it."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run.pk)
        left = RunRange.objects.filter(run=run, done_at__isnull=True).exists()
        if run.finished_at is None and not left:
            run.ended = end_all()
            run.made = RunRange.objects.filter(run=run).aggregate(n=Sum("made"))["n"] or 0
            run.finished_at = timezone.now()
            run.save()
            record("caring.evaluated", subject=run, at=run.finished_at, made=run.made, ended=run.ended)
    return run


def resume(stale: dt.timedelta) -> int:
    """Take up runs whose workers died, and those that a load began; returns how many."""
    waiting = Q(begun_at__lt=timezone.now() - stale) | Q(slot__startswith=LOAD)
    runs = list(Run.objects.unfinished().filter(waiting).order_by("pk"))
    for run in runs:
        work_through(run)
    return len(runs)
