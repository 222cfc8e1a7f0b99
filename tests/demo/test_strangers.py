"""A database that is not the demo's is none of its business."""

import random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.cases.models import Case
from crm.customers.models import Customer, Subscription
from crm.demo import seed
from crm.demo.customers import Registry, Somebody
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.models import User
from tests.people import a_case, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policy(db: None) -> None:
    seed.ensure_policy()


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Case, Customer, Event))


def test_cases_of_others_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    a_member("Sari Wulandari")
    a_case()
    before = everything()
    call_command("seed_demo")
    assert everything() == before
    assert "Others work in this database" in capsys.readouterr().out


def test_an_imported_archive_is_no_work_of_others() -> None:
    a_case(is_archive=True)
    assert not seed.is_used()
    a_case()
    assert seed.is_used()


def test_the_demo_takes_no_handle_that_an_archive_has_brought() -> None:
    brought = handles_of(seed_customers())
    for postpaid, ended in ((True, "removed"), (False, "recycled")):  # their numbers are free again
        Subscription.objects.filter(postpaid=postpaid).update(state=ended)
    taken = handles_of(seed_customers())
    assert len(brought) == len(taken) > 150
    assert not set(brought) & set(taken)


def seed_customers() -> list[Somebody]:
    return Registry(random.Random(1), timezone.now()).everybody()


def handles_of(people: list[Somebody]) -> list[str]:
    return [f"{point.network}:{point.value}" for one in people for point in one.points if point.kind == "handle"]


def test_cases_of_others_cannot_be_reset() -> None:
    a_member("Sari Wulandari")
    a_case()
    before = everything()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("seed_demo", reset=True)
    assert everything() == before


def test_without_a_demo_no_traffic_is_made() -> None:
    before = everything()
    with pytest.raises(CommandError, match="no demo"):
        call_command("demo_traffic", count=1)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_a_reset_empties_the_demo_and_begins_the_numbers_anew() -> None:
    seed.ensure_policy()
    record(seed.MARK, subject=a_member("Sari Wulandari"))
    a_case()
    seed.wipe()
    assert (User.objects.count(), Case.objects.count(), Customer.objects.count()) == (0, 0, 0)
    assert not seed.is_demo()
    seed.ensure_policy()
    assert a_case().number < a_case().number == 10_002
