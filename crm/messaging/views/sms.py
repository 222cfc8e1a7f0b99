"""What Kannel calls: customers' messages and delivery reports. It signs nothing, so who calls, and the secret in the
address, decide. Anything but 200 makes it come again later."""

import ipaddress
import logging

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from crm.messaging import health
from crm.messaging.arrivals import NotYet, keep_arrival
from crm.messaging.channels.kannel_reports import read_report
from crm.messaging.delivery import note_delivery
from crm.messaging.models import Connection, Message
from crm.staff.visitor import client_ip

log = logging.getLogger(__name__)


@require_GET
def incoming(request: HttpRequest, hook: str) -> HttpResponse:
    """A customer's message: kept as it came, taken in by a worker."""
    connection = _caller(request, hook)
    keep_arrival(
        channel="sms", connection=connection, external_id=request.GET.get("id", ""),
        body=request.META.get("QUERY_STRING", "").encode(), kind="message",
    )  # fmt: skip
    return _thanks()


@require_GET
def report(request: HttpRequest, hook: str) -> HttpResponse:
    """What became of a message of ours. One row is changed, so it is done here and now."""
    connection = _caller(request, hook)
    told = read_report(request.GET.dict())
    try:
        message = note_delivery(told) if told else None
    except NotYet:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    if told is None or message is None:
        log.warning("report on no message of ours", extra={"connection_id": connection.pk})
    elif told.delivery != Message.Delivery.FAILED:
        health.note_ok(connection.pk)  # the SMS centre took it: whatever ailed the way there is over
    return _thanks()


def _caller(request: HttpRequest, hook: str) -> Connection:
    """Raises PermissionDenied for a stranger, before anything is looked up; Http404 for a wrong secret."""
    if not _is_peer(client_ip(request)):
        raise PermissionDenied
    return get_object_or_404(Connection.objects.active(), channel="sms", hook=hook)


def _is_peer(address: str | None) -> bool:
    if address is None:
        return False
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in settings.SMS_PEERS)


def _thanks() -> HttpResponse:
    """Empty: of any word here Kannel might make a reply to the customer."""
    return HttpResponse(content_type="text/plain; charset=utf-8")
