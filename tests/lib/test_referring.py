"""What is written by the million names what is there, as by a foreign key (crm/lib/referring.py)."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from caring.defaults import ensure_programme
from caring.models import Run, Stage, StageVersion, Task
from crm.billing.models import Bill
from crm.customers.models import Customer, Product, Subscription
from tests.caring.people import a_bill, a_subscriber, a_task, night

pytestmark = pytest.mark.django_db
NOBODY = 999_999_999


@pytest.fixture(autouse=True)
def programme(db: None) -> None:
    ensure_programme()


@pytest.mark.parametrize("what", ["customer_id", "subscription_id", "run_id", "version_id"])
def test_a_task_of_nothing_is_refused_when_it_is_written_and_when_it_is_changed(what: str) -> None:
    task = a_task()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**{what: NOBODY})
    task.pk, task.occasion, task._state.adding = None, "another", True
    setattr(task, what, NOBODY)
    with pytest.raises(IntegrityError), transaction.atomic():
        task.save()
    assert Task.objects.count() == 1


def test_a_task_keeps_to_the_versions_of_its_own_stage() -> None:
    task = a_task(22)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(version=Stage.objects.get(pk=21).version)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(stage=21)
    task.refresh_from_db()
    assert (task.stage_id, task.version.stage_id) == (22, 22)


def test_one_bill_of_nobody_among_many_refuses_them_all() -> None:
    line = a_subscriber()
    bills = [
        a_bill(line, number=f"N{number}", month=month) for number, month in enumerate(["2026-08-01", "2026-09-01"])
    ]
    Bill.objects.all().delete()
    bills[1].subscription_id = NOBODY
    with pytest.raises(IntegrityError), transaction.atomic():
        Bill.objects.bulk_create(bills)
    assert not Bill.objects.exists()


def test_a_line_of_no_product_is_refused() -> None:
    line = a_subscriber()
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=line.pk).update(product="none such")


@pytest.mark.parametrize("model", [Customer, Subscription, Product, StageVersion, Run])
def test_whoever_may_be_named_is_never_deleted(model: type) -> None:
    a_task()
    night()
    before = model.objects.count()
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        model.objects.all()._raw_delete(using="default")
    assert (before > 0, model.objects.count()) == (True, before)
