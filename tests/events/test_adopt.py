"""A dump restored into a new server, whose transactions begin again at a low number."""

import pgtrigger
import pytest
from django.core.management import call_command

from crm.events import subscribe
from crm.events.actions import record
from crm.events.models import Event, Subscriber
from crm.events.subscribe import deliver
from tests.people import a_member

AS_ON_THE_OLD_SERVER = 10**12


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_readers_go_on_where_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(subscribe, "_subscribers", {})
    subscribe.subscribe("reader", lambda event: read.append(event.pk), kinds=("case.opened",))
    sari = a_member()
    known, unread = (record("case.opened", subject=sari) for _each in range(2))
    with pgtrigger.ignore("events.Event:append_only"):
        Event.objects.update(transaction=AS_ON_THE_OLD_SERVER)
    Subscriber.objects.create(name="reader", transaction=AS_ON_THE_OLD_SERVER, event_id=known.pk)

    call_command("adopt_events")
    new = record("case.opened", subject=sari)

    deliver("reader")
    assert read == [unread.pk, new.pk]


@pytest.mark.django_db
def test_a_reader_that_had_read_everything_reads_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    event = record("case.opened", subject=a_member())
    Subscriber.objects.create(name="reader", transaction=event.transaction + 1)
    call_command("adopt_events")
    reader = Subscriber.objects.get()
    assert (reader.transaction, reader.event_id) == (0, event.pk)
