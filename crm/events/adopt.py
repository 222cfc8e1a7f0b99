"""After a dump was restored into another server: its transaction numbers mean nothing there."""

import pgtrigger
from django.db import transaction
from django.db.models import Max, Min

from crm.events.models import Event, Subscriber
from crm.events.subscribe import after


@transaction.atomic
def adopt_events() -> int:
    """Give every event number 0, which any number of this server follows; readers keep their place, or read some twice.

    To be run before the workers start. Returns how many events there are.
    """
    for subscriber in Subscriber.objects.select_for_update():
        unread = Event.objects.filter(after(subscriber)).aggregate(first=Min("id"))["first"]
        last = Event.objects.aggregate(last=Max("id"))["last"] or 0
        subscriber.transaction, subscriber.event_id = 0, last if unread is None else unread - 1
        subscriber.save()
    with pgtrigger.ignore("events.Event:append_only"):
        return Event.objects.update(transaction=0)
