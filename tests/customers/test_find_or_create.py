import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from crm.customers.actions import find_or_create_customer
from crm.customers.errors import BadContact
from crm.customers.models import ContactPoint, Customer
from crm.events.models import Event
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer, a_line

RINA = "+6281200004471"


@pytest.mark.django_db
def test_a_new_sender_becomes_a_customer_with_a_claim() -> None:
    customer = find_or_create_customer(handle="@RinaMhrn", network="x")
    (point,) = customer.contact_points.all()
    assert (point.kind, point.network, point.value, point.display) == ("handle", "x", "rinamhrn", "RinaMhrn")
    assert point.verified_at is None
    assert Event.objects.get(kind="customer.created").facts == {"contacts": ["handle"]}


@pytest.mark.django_db
def test_the_same_sender_is_found_again_however_the_number_is_written(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    customer = a_customer(msisdn=RINA)
    with django_assert_num_queries(1):
        assert find_or_create_customer(msisdn="0812-0000-4471") == customer


@pytest.mark.django_db
def test_one_handle_on_two_networks_is_two_people() -> None:
    on_x = find_or_create_customer(handle="rina", network="x")
    assert find_or_create_customer(handle="rina", network="instagram") != on_x


@pytest.mark.django_db
def test_the_holder_of_a_line_is_found_by_its_number() -> None:
    customer = a_customer()
    a_line(customer, RINA)
    assert find_or_create_customer(msisdn=RINA) == customer


@pytest.mark.django_db
def test_a_claimed_handle_is_not_added_to_the_owner_of_a_number() -> None:
    customer = a_customer(msisdn=RINA)
    assert find_or_create_customer(msisdn=RINA, handle="somebody", network="x") == customer
    assert customer.contact_points.count() == 1


@pytest.mark.django_db
def test_a_handle_proven_in_private_is_added() -> None:
    customer = a_customer(msisdn=RINA)
    find_or_create_customer(msisdn=RINA, handle="rinamhrn", network="x", verified=True)
    assert customer.contact_points.get(kind="handle").verified_at is not None


@pytest.mark.django_db
def test_a_contact_that_somebody_else_holds_stays_there() -> None:
    holder, other = a_customer(email="rina@example.com"), a_customer(msisdn=RINA)
    assert find_or_create_customer(msisdn=RINA, email="rina@example.com", verified=True) == other
    assert ContactPoint.objects.get(kind="email").customer == holder


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "msisdn"),
        ({"msisdn": "0812"}, "msisdn"),
        ({"email": "rina@"}, "email"),
        ({"handle": "two words", "network": "x"}, "handle"),
        ({"handle": "rina"}, "network"),
        ({"email": "rina@example.com", "handle": "@"}, "handle"),
    ],
)
def test_a_bad_contact_is_named_and_nothing_is_kept(given: dict[str, str], field: str) -> None:
    with pytest.raises(BadContact) as refusal:
        find_or_create_customer(**given)
    assert refusal.value.field == field
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_who_meet_one_new_sender_share_one_record() -> None:
    with somebody_else() as does:
        with transaction.atomic():
            mine = find_or_create_customer(msisdn=RINA)
            theirs = does(find_or_create_customer, msisdn=RINA)
            until_somebody_waits()
        assert theirs.result(20) == mine
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sender_whose_first_worker_gave_up_is_made_by_the_second() -> None:
    with somebody_else() as does:
        with transaction.atomic():
            find_or_create_customer(msisdn=RINA)
            theirs = does(find_or_create_customer, msisdn=RINA)
            until_somebody_waits()
            transaction.set_rollback(True)
        assert theirs.result(20) == Customer.objects.get()
