"""A bulk action whose worker is killed, and one that two workers find at once: each case has its turn exactly once."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from crm.cases.models import Case
from crm.desk import tasks
from crm.desk.bulk import start_job, work
from crm.desk.models import BulkJob, BulkRow
from crm.events.models import Event
from crm.staff.models import User
from tests.people import a_case, copies
from tests.processes import celery_worker

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


@pytest.fixture
def many(team) -> int:
    Case.objects.bulk_create(copies([Case.objects.get(pk=a_case(team=team).pk)], 399))
    return 400


def start(by: User) -> BulkJob:
    return start_job(by=by, act="tag", params={"add": ["haji"], "remove": []}, cases=Case.objects.all())


def until(said) -> None:
    deadline = time.monotonic() + PATIENCE
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def each_once(many: int) -> None:
    edited = Event.objects.filter(kind="case.edited").values_list("subject_id", flat=True)
    assert (len(edited), len(set(edited))) == (many, many)
    assert Case.objects.filter(tags=["haji"]).count() == many


def test_what_a_killed_worker_left_is_done_by_the_next(many, sari, monkeypatch):
    job = start(sari)
    with celery_worker("bulk", "--pool=solo") as first:
        until(BulkRow.objects.filter(state="done").exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
    done = BulkRow.objects.filter(state="done").count()
    assert 0 < done < many
    assert Event.objects.filter(kind="case.edited").count() == done
    monkeypatch.setattr(tasks, "STALE", tasks.STALE * 0)
    assert tasks.resume_bulk_jobs() == 1
    with celery_worker("bulk", "--pool=solo"):
        until(BulkJob.objects.filter(pk=job.pk, state="done").exists)
    each_once(many)


def run_elsewhere(job_id: int) -> None:
    try:
        work.run(job_id)
    finally:
        connection.close()


def test_two_workers_share_a_job(many, sari):
    job = start(sari)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run_elsewhere, [job.pk, job.pk]))
    assert BulkJob.objects.get().state == "done"
    assert Event.objects.filter(kind="bulk.ended").count() == 1
    each_once(many)


def test_rows_that_another_worker_holds_are_passed_over_and_keep_the_job_open(case, sari):
    job = start(sari)
    with transaction.atomic():
        job.rows.select_for_update().get()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run_elsewhere, job.pk).result(PATIENCE)
        assert not Event.objects.filter(kind__in=["case.edited", "bulk.ended"]).exists()
    assert BulkJob.objects.get().state == "running"
