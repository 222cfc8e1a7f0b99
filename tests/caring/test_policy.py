"""What must not happen: who is left out, of which stages, and that it is kept with its reason."""

import datetime as dt

import pytest
from django.utils import timezone

from caring.models import ContactPolicy, Task
from crm.customers.consenting import withdraw_consent
from tests.caring.people import NOW, TODAY, a_bill, a_consenting, a_subscriber, night, tasks_of, used
from tests.people import a_case, a_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]


@pytest.fixture(autouse=True)
def nobody_held_out(programme: None) -> None:
    ContactPolicy.objects.update(hold_out_per_mille=0)


def left_out(**fields):
    """A silent line of somebody: why the courtesy call is left out."""
    line = a_subscriber(**fields)
    used(line, 0, 40)
    night()
    return [(task.state, task.why) for task in tasks_of(21)]


def test_somebody_who_consents_is_contacted():
    assert left_out() == [("open", "")]


def test_who_never_agreed_is_left_out():
    assert left_out(customer=a_customer()) == [("suppressed", "no_consent")]


def test_who_took_the_consent_back_is_left_out():
    rina = a_consenting()
    withdraw_consent(customer=rina, purpose="care", channel="call", by=None)
    assert left_out(customer=rina) == [("suppressed", "no_consent")]


def test_who_does_not_want_to_be_disturbed_is_left_out():
    assert left_out(customer=a_consenting(do_not_disturb=True)) == [("suppressed", "do_not_disturb")]


def test_whose_data_rest_is_left_out():
    assert left_out(customer=a_consenting(restricted_at=timezone.now())) == [("suppressed", "restricted")]


def test_nobody_is_greeted_beside_an_open_complaint():
    rina = a_consenting()
    a_case(customer=rina, kind="complaint")
    assert left_out(customer=rina) == [("suppressed", "complaint")]


def test_the_hold_out_is_the_same_share_of_the_same_people_each_time():
    ContactPolicy.objects.update(hold_out_per_mille=500)
    for _ in range(200):
        used(a_subscriber(), 0, 40)
    night()
    held = {task.customer_id for task in tasks_of(21) if task.why == "hold_out"}
    Task.objects.all().delete()
    night(NOW + dt.timedelta(days=1))
    assert 60 < len(held) < 140
    assert {task.customer_id for task in tasks_of(21) if task.is_held_out} == held


def test_service_is_given_to_all_but_those_whose_data_rest():
    ContactPolicy.objects.update(hold_out_per_mille=500)
    for customer in (a_customer(), a_customer(do_not_disturb=True), a_customer(restricted_at=timezone.now())):
        a_bill(a_subscriber(customer=customer), due=TODAY)
    night()
    assert [(task.state, task.why) for task in tasks_of(12)] == [
        ("open", ""),
        ("open", ""),
        ("suppressed", "restricted"),
    ]


def test_nothing_is_made_for_who_is_gone():
    used(a_subscriber(customer=a_consenting(erased_at=timezone.now())), 0, 40)
    night()
    assert not Task.objects.exists()
