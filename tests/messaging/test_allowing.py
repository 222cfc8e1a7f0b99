"""A message that needs consent is held back without it: when it is queued, and again when its turn comes."""

import pytest
from django.utils import timezone, translation

from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.models import Customer
from crm.customers.restricting import restrict
from crm.events.models import Event
from crm.messaging.outbox import begin, claim, send_due
from tests.connections import somebody_else
from tests.messaging.conftest import Counterpart, Queue
from tests.people import a_member


@pytest.fixture
def asked(rina: Customer) -> Customer:
    give_consent(customer=rina, purpose="offers", version=1, channel="counter", by=None)
    return rina


def take_back(customer: Customer) -> None:
    withdraw_consent(customer=customer, purpose="offers", channel="call", by=None)


def test_what_they_agreed_to_is_sent(network: Counterpart, queue: Queue, asked: Customer) -> None:
    message = queue(purpose="offers")
    send_due(batches=1)
    assert network.took == [message.key]


def test_without_a_yes_it_is_kept_with_the_reason_and_never_sent(network: Counterpart, queue: Queue) -> None:
    message = queue(purpose="offers")
    send_due(batches=1)
    message.refresh_from_db()
    assert (message.state, message.error, network.took) == ("suppressed", "no consent", [])
    assert [e.kind for e in Event.objects.filter(subject_type="message")] == ["message.suppressed"]


def test_taken_back_it_stops_a_queued_message_before_it_is_sent(
    network: Counterpart, queue: Queue, asked: Customer
) -> None:
    message = queue(purpose="offers")
    take_back(asked)
    send_due(batches=1)
    message.refresh_from_db()
    assert (message.state, message.error, network.took) == ("suppressed", "consent withdrawn", [])
    with translation.override("en"):
        assert message.error_in_words == "The customer took the consent back"


@pytest.mark.django_db(transaction=True)
def test_taken_back_between_claim_and_sending_it_is_not_sent(
    network: Counterpart, queue: Queue, asked: Customer
) -> None:
    message = queue(purpose="offers")
    assert claim("sender") == [message.pk]
    with somebody_else() as does:
        does(take_back, asked).result(20)
    assert begin(message.pk, "sender") is None
    message.refresh_from_db()
    assert message.state == "suppressed"


def test_an_answer_in_a_running_case_needs_no_consent(network: Counterpart, queue: Queue, rina: Customer) -> None:
    restrict(customer=rina, reason="Sanggahan", by=queue().author)  # type: ignore[arg-type]
    answer = queue(send_at=timezone.now())
    send_due(batches=1)
    answer.refresh_from_db()
    assert answer.state == "sent"


def test_what_was_held_back_stands_on_its_page(network: Counterpart, queue: Queue, client) -> None:  # type: ignore[no-untyped-def]
    queue(purpose="survey")
    client.force_login(a_member("Ratna", "supervisor", language="en"))
    page = client.get("/outbox/?state=held").content.decode()
    assert "The customer was never asked for consent" in page
    assert "Surveys" in page
