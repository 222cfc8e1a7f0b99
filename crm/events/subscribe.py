"""Reading facts: each subscriber has its own position, sees every event at least once; poison never holds it up."""

import logging
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from crm.events.horizon import finished_transactions
from crm.events.models import Event, ParkedEvent, Subscriber
from crm.lib.failure import place

log = logging.getLogger(__name__)
Handler = Callable[[Event], None]
# One batch is one transaction: what its handlers lock, they hold until the last one is done.
BATCH = 50
# A deadlock or a missing row may be gone with the next knock; after that a person looks at it.
TRIES_BY_ITSELF = 3

_subscribers: dict[str, tuple[Handler, tuple[str, ...]]] = {}


def subscribe(name: str, handler: Handler, *, kinds: tuple[str, ...]) -> None:
    """Register from `AppConfig.ready()`. The handler only writes to the database, and twice the same does no harm."""
    _subscribers[name] = (handler, kinds)


def deliver_all() -> int:
    """Hand over all that is new; returns how many events were read."""
    return sum(_deliver_to_end(name) for name in _subscribers)


def _deliver_to_end(name: str) -> int:
    read = deliver(name)
    total = read
    while read == BATCH:
        read = deliver(name)
        total += read
    return total


@transaction.atomic
def deliver(name: str) -> int:
    """Hand the next batch to one subscriber. Nothing to do when another worker holds it."""
    handler, kinds = _subscribers[name]
    subscriber = _take(name)
    if subscriber is None:
        return 0
    _try_parked_again(subscriber, handler)
    horizon = finished_transactions()
    events = unread(subscriber, kinds, before=horizon)
    for event in events:
        _handle(subscriber, handler, event)
    _move_on(subscriber, events, horizon)
    return len(events)


def _take(name: str) -> Subscriber | None:
    # Asked first, because an insert would wait for whoever moves this row just now.
    if not Subscriber.objects.filter(pk=name).exists():
        Subscriber.objects.bulk_create([Subscriber(name=name)], ignore_conflicts=True)
    return Subscriber.objects.select_for_update(skip_locked=True).filter(pk=name).first()


def after(subscriber: Subscriber) -> Q:
    """Behind the subscriber's position, whatever the kind."""
    later = Q(transaction__gt=subscriber.transaction)
    return later | Q(transaction=subscriber.transaction, id__gt=subscriber.event_id)


def unread(subscriber: Subscriber, kinds: tuple[str, ...], *, before: int) -> list[Event]:
    """The next batch after the subscriber's position, of transactions below `before`."""
    events = Event.objects.filter(after(subscriber), transaction__lt=before).order_by("transaction", "id")
    return list(events.filter(kind__in=kinds)[:BATCH])


def _move_on(subscriber: Subscriber, events: list[Event], horizon: int) -> None:
    """Past the horizon where the batch was not full, or events of other kinds would be gone through again each time."""
    if len(events) == BATCH:
        subscriber.transaction, subscriber.event_id = events[-1].transaction, events[-1].pk
    else:
        subscriber.transaction, subscriber.event_id = horizon, 0
    subscriber.read_at = timezone.now()
    subscriber.save()


def _handle(subscriber: Subscriber, handler: Handler, event: Event) -> bool:
    """False when the handler failed: its writes are undone and the event is parked."""
    try:
        with transaction.atomic():
            handler(event)
    except Exception as error:  # poison of any kind is parked
        log.error("event parked", extra={"subscriber": subscriber.pk, "event_id": event.pk, "failure": place(error)})
        _park(subscriber, event, place(error))
        return False
    return True


def _park(subscriber: Subscriber, event: Event, error: str) -> None:
    parked, new = ParkedEvent.objects.get_or_create(subscriber=subscriber, event=event, defaults={"error": error})
    if not new:
        ParkedEvent.objects.filter(pk=parked.pk).update(attempts=F("attempts") + 1, error=error)


def _try_parked_again(subscriber: Subscriber, handler: Handler) -> None:
    recent = ParkedEvent.objects.filter(subscriber=subscriber, attempts__lt=TRIES_BY_ITSELF)
    for parked in recent.select_related("event").order_by("event__transaction", "event_id"):
        if _handle(subscriber, handler, parked.event):
            parked.delete()


def begin_after(event: Event, only: Iterable[str] = ()) -> None:
    """Every subscriber, or `only` these, begin behind `event`: what a made-up history holds before it is no news to
    anybody."""
    position = {"transaction": event.transaction, "event_id": event.pk}
    for name in only or _subscribers:
        Subscriber.objects.update_or_create(name=name, defaults=position)


@transaction.atomic
def retry_parked(parked: ParkedEvent) -> bool:
    """Hand a parked event to its subscriber again, by hand; it leaves the list when that succeeds."""
    handler, _kinds = _subscribers[parked.subscriber_id]
    subscriber = Subscriber.objects.select_for_update().get(pk=parked.subscriber_id)
    if not _handle(subscriber, handler, parked.event):
        return False
    parked.delete()
    return True
