import pytest

from crm.customers.actions import reveal_contact, verify_contact
from crm.customers.errors import ReasonNeeded
from crm.customers.models import ContactPoint, Reveal
from crm.events.models import Event
from crm.staff.models import User
from tests.people import a_customer, a_member


@pytest.fixture
def sari(db: None) -> User:
    return a_member()


@pytest.fixture
def number(db: None) -> ContactPoint:
    return a_customer(msisdn="+6281200004471").contact_points.get()


def test_an_agent_with_a_reason_sees_the_number_and_the_look_is_kept(sari: User, number: ContactPoint) -> None:
    assert reveal_contact(contact_point=number, by=sari, reason=" Ditelepon kembali ") == "+6281200004471"
    look = Reveal.objects.get()
    assert (look.contact_point, look.by, look.reason) == (number, sari, "Ditelepon kembali")


def test_the_event_of_a_look_holds_neither_number_nor_reason(sari: User, number: ContactPoint) -> None:
    reveal_contact(contact_point=number, by=sari, reason="Ditelepon kembali")
    event = Event.objects.get(kind="customer.revealed")
    assert (event.actor_id, event.customer_id) == (sari.pk, number.customer_id)
    assert event.facts == {"contact": "msisdn", "contact_point": number.pk, "reveal": Reveal.objects.get().pk}


def test_without_a_reason_nothing_is_shown(sari: User, number: ContactPoint) -> None:
    with pytest.raises(ReasonNeeded) as refusal:
        reveal_contact(contact_point=number, by=sari, reason="  ")
    assert refusal.value.field == "reason"
    assert not Event.objects.filter(kind="customer.revealed").exists()


def test_a_proven_contact_says_by_whom_and_stays_proven(sari: User, number: ContactPoint) -> None:
    first = verify_contact(contact_point=number, by=sari)
    again = verify_contact(contact_point=number, by=a_member("Budi"))
    assert (again.verified_by, again.verified_at) == (sari, first.verified_at)
    assert Event.objects.filter(kind="customer.verified").count() == 1
