"""A run: shared, killed, begun twice, and past rows that nobody can judge."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction

from caring import evaluate as evaluating
from caring.conditions import kept_ways
from caring.defaults import ensure_programme
from caring.evaluate import begin_run, evaluate, resume, work_on
from caring.handlers import begin_load
from caring.inserting import insert_tasks
from caring.models import Run, RunRange, SetAside, Stage, Task
from caring.picking import ONLY, Moment
from caring.sources import SOURCES
from caring.tasks import HELPERS, evaluate_night, help_run
from crm.billing.models import Load
from crm.events.actions import record
from crm.events.models import Event
from tests.caring.people import NOW, TODAY, a_bill, a_subscriber, night, tasks_of, used
from tests.connections import somebody_else, until_somebody_waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
DAY = dt.timedelta(days=1)


def test_a_second_run_adds_nothing():
    used(a_subscriber(), 0, 40)
    assert night().made == 1
    assert night(NOW + DAY).made == 0
    assert Task.objects.count() == 1


def test_a_loaded_file_begins_its_tasks_once_and_not_only_at_night():
    load = Load.objects.create(kind=Load.Kind.BILLS, state=Load.State.DONE)
    a_bill(a_subscriber(), issued=TODAY, load=load)
    a_bill(a_subscriber(), issued=TODAY - 20 * DAY, load=load)
    event = record("billing.loaded", subject=load)
    for _ in range(2):
        begin_load(event)
        resume(DAY)
    assert [len(tasks_of(stage)) for stage in (7, 8, 11)] == [1, 0, 1]
    assert [(run.slot, run.made) for run in Run.objects.order_by("pk")] == [(f"load:{load.pk}", 2)]
    assert night().made == 0


def test_a_loaded_file_of_payments_ends_what_they_were_the_reason_of():
    paid, unpaid = (a_bill(a_subscriber(), due=TODAY + 3 * DAY) for _ in range(2))
    night()
    type(paid).objects.filter(pk=paid.pk).update(paid=TODAY)
    begin_load(record("billing.loaded", subject=Load.objects.create(kind=Load.Kind.PAYMENTS, state=Load.State.DONE)))
    resume(DAY)
    states = dict(Task.objects.filter(stage=12).values_list("customer", "state"))
    assert (states[paid.customer_id], states[unpaid.customer_id]) == ("ended", "open")


def test_the_same_night_twice_is_one_run():
    first = night()
    assert night() == first
    assert Run.objects.count() == 1
    assert Event.objects.filter(kind="caring.evaluated").count() == 1


def test_what_a_killed_worker_left_is_taken_up(monkeypatch):
    monkeypatch.setattr(evaluating, "RANGE", 1)
    for _ in range(3):
        used(a_subscriber(), 0, 40)
    moment = Moment.of(NOW)
    run = begin_run(moment)
    work_on(run, moment)  # and then it dies
    assert Run.objects.unfinished().exists()
    assert resume(dt.timedelta(0)) == 1
    assert (len(tasks_of(21)), Run.objects.unfinished().exists()) == (3, False)


def test_a_row_that_breaks_its_statement_is_set_aside_and_the_others_are_judged(monkeypatch):
    lines = [a_subscriber() for _ in range(5)]
    for line in lines:
        a_bill(line, due=TODAY + DAY)
    impossible = a_bill(a_subscriber(), due=TODAY + DAY)
    unpaid = SOURCES["unpaid"]
    broken = f"b.total / (b.subscription_id - {impossible.subscription_id}) IS NOT NULL"
    monkeypatch.setitem(SOURCES, "unpaid", replace(unpaid, sql=unpaid.sql.replace("b.total > 0", broken)))
    night()
    assert {task.subscription for task in tasks_of(12)} == set(lines)
    assert [one.row_id for one in SetAside.objects.all()] == [impossible.subscription_id]


def test_an_hour_looks_at_what_a_day_changes_and_at_nothing_else():
    used(a_subscriber(), 0, 40)
    bill = a_bill(a_subscriber(), due=TODAY + DAY)
    run = evaluate(Moment.of(NOW), hourly=True)
    assert [task.facts["bill"] for task in Task.objects.all()] == [bill.pk]
    assert run.slot == f"{NOW:%Y-%m-%dT%H}"


def test_a_stage_that_is_switched_off_makes_nothing():
    Stage.objects.filter(pk=21).update(is_on=False)
    used(a_subscriber(), 0, 40)
    night()
    assert tasks_of(21) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_one_run_and_make_each_task_once(monkeypatch):
    ensure_programme()
    monkeypatch.setattr(evaluating, "RANGE", 3)
    for _ in range(12):
        used(a_subscriber(), 0, 40)
    moment = Moment.of(NOW)
    with somebody_else() as does:
        other = does(evaluate, moment)
        evaluate(moment)
        other.result()
    assert (len(tasks_of(21)), Run.objects.get().finished_at is not None) == (12, True)
    assert not RunRange.objects.filter(done_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_task_at_once_one_does_and_no_other_task_is_lost():
    lines = [a_subscriber(), a_subscriber()]
    for line in lines:
        used(line, 0, 40)
    version = Stage.objects.get(pk=21).version
    with somebody_else() as does:
        with transaction.atomic():
            insert_tasks(version, kept_ways(version.rule)[0], Moment.of(NOW), ONLY, {"ids": [lines[0].pk]}, held_out=0)
            other = does(night)
            until_somebody_waits()
        other.result()
    assert sorted(task.subscription_id for task in tasks_of(21)) == [line.pk for line in lines]


def test_the_night_asks_other_workers_to_share_its_run_and_who_comes_late_finds_nothing(monkeypatch):
    asked = []
    monkeypatch.setattr("caring.tasks.help_run.delay", asked.append)
    evaluate_night()
    run = Run.objects.get()
    assert (asked, run.finished_at is not None) == ([run.pk] * HELPERS, True)
    help_run(run.pk)
    assert Run.objects.get().finished_at == run.finished_at


def test_who_helps_does_all_that_is_left_as_of_when_the_run_began():
    used(a_subscriber(), 0, 40)
    run = begin_run(Moment.of(NOW))
    help_run(run.pk)
    assert [task.created_at for task in tasks_of(21)] == [NOW]


def test_a_task_keeps_the_version_it_was_made_by():
    used(a_subscriber(), 0, 40)
    night()
    (task,) = tasks_of(21)
    Stage.objects.filter(pk=21).update(version=None)
    assert (task.version.number, task.created_at) == (1, NOW)
