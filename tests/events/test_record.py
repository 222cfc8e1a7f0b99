import datetime as dt

import pytest

from crm.events.actions import record
from tests.people import a_customer, a_member

pytestmark = pytest.mark.django_db


def test_an_event_says_what_of_whom_by_whom_and_when() -> None:
    sari, rina = a_member(), a_customer()
    noon = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
    event = record("customer.revealed", subject=rina, customer_id=rina.pk, by=sari, at=noon, contact="email")
    event.refresh_from_db()
    assert (event.subject_type, event.subject_id, event.customer_id) == ("customer", rina.pk, rina.pk)
    assert (event.actor_id, event.at, event.facts) == (sari.pk, noon, {"contact": "email"})


def test_the_system_is_nobody() -> None:
    assert record("case.breached", subject=a_customer()).actor_id is None
