"""Reading facts: each subscriber has its own position, sees every event at least once; poison never holds it up."""

import logging
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from crm.events.models import Event, ParkedEvent, Subscriber

log = logging.getLogger(__name__)
Handler = Callable[[Event], None]
BATCH = 200

_subscribers: dict[str, tuple[Handler, tuple[str, ...]]] = {}


def subscribe(name: str, handler: Handler, *, kinds: tuple[str, ...]) -> None:
    """Register from `AppConfig.ready()`. The handler must be idempotent by a unique key of its own."""
    _subscribers[name] = (handler, kinds)


def deliver_all() -> int:
    """One pass over every subscriber; returns how many events were handled."""
    return sum(deliver(name) for name in _subscribers)


def finished_transactions() -> int:
    """Every transaction below this number is over: nothing older can still appear.

    A bigserial id can commit out of order; reading by (transaction, id) below this horizon cannot skip the gap.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def unread(subscriber: Subscriber, kinds: tuple[str, ...]) -> list[Event]:
    after = Q(transaction__gt=subscriber.transaction) | Q(
        transaction=subscriber.transaction, id__gt=subscriber.event_id
    )
    horizon = finished_transactions()
    events = Event.objects.filter(after, transaction__lt=horizon).order_by("transaction", "id")
    return list(events.filter(kind__in=kinds)[:BATCH])


@transaction.atomic
def deliver(name: str) -> int:
    """Hand the next batch to one subscriber. Nothing to do when another worker holds it."""
    handler, kinds = _subscribers[name]
    Subscriber.objects.bulk_create([Subscriber(name=name)], ignore_conflicts=True)
    subscriber = Subscriber.objects.select_for_update(skip_locked=True).filter(pk=name).first()
    if subscriber is None:
        return 0
    events = unread(subscriber, kinds)
    for event in events:
        _handle(subscriber, handler, event)
    if events:
        subscriber.transaction, subscriber.event_id = events[-1].transaction, events[-1].pk
    subscriber.read_at = timezone.now()
    subscriber.save()
    return len(events)


def _handle(subscriber: Subscriber, handler: Handler, event: Event) -> None:
    try:
        with transaction.atomic():
            handler(event)
    except Exception as error:  # poison of any kind is parked
        log.exception("event parked", extra={"subscriber": subscriber.pk, "event": event.pk})
        _park(subscriber, event, error)


def _park(subscriber: Subscriber, event: Event, error: Exception) -> None:
    parked, new = ParkedEvent.objects.get_or_create(
        subscriber=subscriber, event=event, defaults={"error": type(error).__name__}
    )
    if not new:
        ParkedEvent.objects.filter(pk=parked.pk).update(attempts=F("attempts") + 1)


@transaction.atomic
def retry_parked(parked: ParkedEvent) -> None:
    """Hand a parked event to its subscriber again; it leaves the list when that succeeds."""
    handler, _kinds = _subscribers[parked.subscriber_id]
    handler(parked.event)
    parked.delete()
