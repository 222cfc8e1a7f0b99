"""News from the rooms below: what begins a task of an event-driven stage, and what ends one."""

from collections.abc import Iterable

from django.utils import timezone

from caring.conditions import kept_ways
from caring.ending import end_of_customer
from caring.evaluate import begin_load_run
from caring.inserting import insert_tasks
from caring.picking import ONLY, Moment
from caring.policy import policy_in_force, versions_in_force
from caring.sources import SOURCES
from crm.billing.models import Load
from crm.events.actions import record
from crm.events.models import Event

BEGIN = tuple(sorted({kind for source in SOURCES.values() for kind in source.news}))
END = (
    "bill.corrected", "case.reopened", "case.settled", "case.settled_undone", "line.recycled", "line.removed",
    "line.renewed", "line.restored", "order.cancelled", "payment.told", "topup.told", "usage.corrected", "usage.told",
)  # fmt: skip


def begin_tasks(event: Event) -> None:
    """Within the second of its delivery; twice the same adds nothing (one_task_an_occasion)."""
    named, made = [name for name, source in SOURCES.items() if event.kind in source.news], 0
    for name in named:
        row = event.pk if SOURCES[name].is_event else event.subject_id
        made += begin_on(name, [row], Moment.of(timezone.now()))
    if made:  # open pages count anew
        record("caring.begun", subject=event, customer_id=event.customer_id, made=made)


def begin_on(source: str, rows: Iterable[int], moment: Moment) -> int:
    """Every running stage that reads this source, over these rows of it."""
    held_out, made = policy_in_force().hold_out_per_mille, 0
    for version in versions_in_force():
        for way in kept_ways(version.rule):
            if way.source == source:
                made += insert_tasks(version, way, moment, ONLY, {"ids": list(rows)}, held_out=held_out)
    return made


def end_tasks(event: Event) -> None:
    if event.customer_id is not None:
        end_of_customer(event.customer_id)


def begin_load(event: Event) -> None:
    """A file of bills, top-ups or payments has been loaded."""
    load = Load.objects.filter(pk=event.subject_id).first()
    if load is not None:
        begin_load_run(load, Moment.of(timezone.now()))
