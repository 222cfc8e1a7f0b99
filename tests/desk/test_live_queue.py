"""Who hears of an office's queue: ids only, and only those of that office."""

import pytest

from crm.desk.live.audience import Listener, News, offices_of
from crm.events.models import Event
from crm.staff.access import Scope
from crm.visits.actions import open_counter
from tests.visits.people import a_clerk, a_visitor, an_office

pytestmark = pytest.mark.django_db


def test_an_arrival_and_a_counter_are_heard_at_their_office_alone():
    a_visitor()
    open_counter(number=1, by=a_clerk())
    events = Event.objects.values_list("subject_type", "subject_id", "facts")
    dago = an_office().pk
    assert offices_of(events) == {dago}
    news = News(offices=frozenset({dago}))
    here, far = (Listener(1, Scope("none"), frozenset({office})) for office in (dago, dago + 1))
    assert news.topics_for(here) == {f"office:{dago}"}
    assert news.topics_for(far) == frozenset()
