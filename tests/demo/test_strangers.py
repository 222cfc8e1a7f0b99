"""A database that is not the demo's is none of its business."""

import pytest
from django.core.management import CommandError, call_command

from crm.cases.models import Case
from crm.customers.models import Customer
from crm.demo import seed
from crm.events.actions import record
from crm.staff.models import User
from tests.people import a_case, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policy(db: None) -> None:
    seed.ensure_policy()


@pytest.mark.parametrize("reset", [False, True])
def test_cases_of_others_are_left_alone(reset: bool) -> None:
    a_member("Sari Wulandari")
    a_case()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("seed_demo", reset=reset)
    assert (User.objects.count(), Case.objects.count(), Customer.objects.count()) == (1, 1, 1)


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
