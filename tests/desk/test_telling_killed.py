"""Settling all, with the worker killed in the middle: the next one goes on, and nobody hears it twice."""

import signal

import pytest

from crm.cases import actions
from crm.cases.models import Case, Problem
from crm.desk import tasks
from crm.desk.bulk import problems, settle_all
from crm.desk.models import BulkJob, BulkRow
from crm.messaging.models import Message
from tests.desk.test_bulk_killed import until
from tests.people import a_case, a_customer
from tests.processes import celery_worker

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 60
TEXT = "Halo {name}, kendala {case} sudah selesai."


def test_each_is_told_and_settled_once_though_the_worker_is_killed(team, ratna, monkeypatch):
    people = [a_customer(f"Rina{n} Maharani", email=f"rina{n}@example.com") for n in range(MANY)]
    cases = [a_case(customer=who, channel="email", team=team) for who in people]
    problem = actions.open_problem(title="Slow data", by=ratna, cases=cases)
    monkeypatch.setattr(problems, "UNDO_SECONDS", 0)
    job = settle_all(problem=problem, solution="Diperbaiki", text=TEXT, by=ratna, key="k")
    with celery_worker("bulk", "--pool=solo") as first:
        until(BulkRow.objects.filter(state="done").exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
    done = BulkRow.objects.filter(state="done").count()
    assert 0 < done < MANY
    assert Message.objects.count() == done == Case.objects.filter(state="settled").count()
    monkeypatch.setattr(tasks, "STALE", tasks.STALE * 0)
    tasks.resume_bulk_jobs()
    with celery_worker("bulk", "--pool=solo"):
        until(BulkJob.objects.filter(pk=job.pk, state="done").exists)
    assert set(Case.objects.values_list("state", flat=True)) == {"settled"}
    assert Message.objects.values("interaction__in_case__case").distinct().count() == Message.objects.count() == MANY
    assert not Problem.objects.get().hanging.not_told().exists()
