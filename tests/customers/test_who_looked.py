"""A look at a customer's page is kept once, however often the page is opened."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.customers.looks import record_look
from crm.events.models import Event
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer, a_member

NOW = timezone.now()


def looks():
    return list(Event.objects.filter(kind="customer.looked").order_by("pk").values_list("actor_id", "facts__page"))


@pytest.mark.django_db
def test_a_page_opened_again_within_ten_minutes_is_one_look():
    rina, sari = a_customer(), a_member()
    assert record_look(customer=rina, by=sari, page="overview", at=NOW)
    assert not record_look(customer=rina, by=sari, page="overview", at=NOW + dt.timedelta(minutes=9))
    assert looks() == [(sari.pk, "overview")]
    assert record_look(customer=rina, by=sari, page="overview", at=NOW + dt.timedelta(minutes=11))


@pytest.mark.django_db
def test_another_page_another_person_and_another_customer_are_looks_of_their_own():
    rina, sari, joko = a_customer(), a_member(), a_member("Joko")
    for customer, by, page in ((rina, sari, "overview"), (rina, sari, "bills"), (rina, joko, "bills")):
        assert record_look(customer=customer, by=by, page=page)
    assert record_look(customer=a_customer("Budi"), by=sari, page="overview")
    event = Event.objects.filter(kind="customer.looked").earliest("pk")
    assert (event.subject_type, event.subject_id, event.customer_id) == ("customer", rina.pk, rina.pk)


@pytest.mark.django_db(transaction=True)
def test_two_windows_opened_at_once_are_one_look():
    rina, sari = a_customer(), a_member()
    with somebody_else() as does:
        with transaction.atomic():
            record_look(customer=rina, by=sari, page="overview")
            later = does(record_look, customer=rina, by=sari, page="overview")
            until_somebody_waits()
        assert later.result() is False
    assert looks() == [(sari.pk, "overview")]
