"""`/metrics` for Prometheus: what the processes counted, and the lags that only the tables know."""

import datetime as dt
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crm.cases.models import SlaClock, Sweeper
from crm.events.models import ParkedEvent
from crm.lib.observe.metrics import counted
from crm.lib.observe.probes import broker
from crm.messaging.models import Arrival, Connection, Message

QUEUES = ("clock", "inbox", "default", "outbox", "mass", "bulk", "batch")
LOOPBACK = {"127.0.0.1", "::1"}


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has METRICS_TOKEN or, where none is set, asks from this machine itself."""
    if not may_scrape(request):
        return HttpResponseForbidden("METRICS_TOKEN\n", content_type="text/plain")
    tables = CollectorRegistry()
    tables.register(Lags())
    return HttpResponse(generate_latest(counted()) + generate_latest(tables), content_type=CONTENT_TYPE_LATEST)


def may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        offered = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(offered, f"Bearer {settings.METRICS_TOKEN}".encode())
    # Behind a proxy on this machine everybody seems to be local.
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


class Lags(Collector):
    """Read when asked: one question each, answered from an index."""

    def collect(self) -> Iterable[Metric]:
        now = timezone.now()
        yield queue_depths()
        yield gauge(
            "sapa_clock_overdue_seconds", "Age of the oldest clock mark not handled.", age(oldest_mark(now), now)
        )
        if heartbeat := Sweeper.objects.aggregate(last=Max("swept_at"))["last"]:
            yield gauge("sapa_clock_heartbeat_seconds", "Since a timer loop last swept.", age(heartbeat, now))
        yield gauge(
            "sapa_outbox_age_seconds",
            "Age of the oldest message due and not sent.",
            age(oldest_message(now, bulk=False), now),
        )
        yield gauge(
            "sapa_bulk_age_seconds", "Age of the oldest message due in bulk.", age(oldest_message(now, bulk=True), now)
        )
        yield gauge("sapa_events_parked", "Events whose handler failed.", ParkedEvent.objects.count())
        yield from arrivals(now)
        yield from connections(now)


def arrivals(now: dt.datetime) -> Iterable[Metric]:
    waiting = Arrival.objects.filter(state=Arrival.State.WAITING).aggregate(n=Count("pk"), first=Min("came_at"))
    yield gauge("sapa_arrivals_waiting", "What came in and is not yet taken in.", waiting["n"])
    yield gauge("sapa_arrivals_age_seconds", "Age of the oldest of them.", age(waiting["first"], now))
    yield gauge("sapa_arrivals_failed", "What could not be taken in.", Arrival.objects.failed().count())


def connections(now: dt.datetime) -> Iterable[Metric]:
    """Of each connection that is switched on."""
    labels = ["channel", "account"]
    fault = GaugeMetricFamily("sapa_connection_fault", "1 while the other side does not do as asked.", labels=labels)
    last_in = GaugeMetricFamily("sapa_connection_last_in_seconds", "Since something last came in.", labels=labels)
    for one in Connection.objects.active():
        fault.add_metric([one.channel, one.account], float(bool(one.fault)))
        if one.last_in_at:
            last_in.add_metric([one.channel, one.account], age(one.last_in_at, now))
    yield fault
    yield last_in


def queue_depths() -> Metric:
    depths = GaugeMetricFamily("sapa_queue_depth", "Tasks waiting in the broker.", labels=["queue"])
    with broker() as client:
        for queue in QUEUES:
            depths.add_metric([queue], client.llen(queue))
    return depths


def oldest_mark(now: dt.datetime) -> dt.datetime | None:
    due = SlaClock.objects.filter(wake_at__lte=now, is_archive=False)
    return due.aggregate(first=Min("wake_at"))["first"]


def oldest_message(now: dt.datetime, *, bulk: bool) -> dt.datetime | None:
    due = Message.objects.filter(state=Message.State.QUEUED, bulk=bulk, send_at__lte=now)
    return due.aggregate(first=Min("send_at"))["first"]


def age(since: dt.datetime | None, now: dt.datetime) -> float:
    return (now - since).total_seconds() if since else 0.0


def gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
