"""Where X calls us: to ask whether we know the secret, and with its events. No session, no user: the signature decides.

Whatever is signed is kept as it came and answered at once; a worker looks at it (social.networks.x.intake).
"""

import json
import logging

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.lib.sealed import Unreadable
from crm.messaging import health
from crm.messaging.arrivals import keep_arrival
from crm.messaging.models import Connection
from social.networks.x.loose import Json, dict_in, dicts_in, text_in
from social.networks.x.sending import NETWORK
from social.networks.x.signing import HEADER, is_signed, signature

log = logging.getLogger(__name__)
LARGEST = 1024 * 1024
TOKEN_MAX = 1000


@csrf_exempt
@require_http_methods(["GET", "POST"])
def x_hook(request: HttpRequest, hook: str) -> HttpResponse:
    """Nothing is told to whoever does not know the address."""
    connection = Connection.objects.of(NETWORK).filter(hook=hook).first()
    if connection is None:
        raise Http404
    try:
        secret = connection.secrets.get("consumer_secret", "")
    except Unreadable:
        health.note_fault(connection.pk, "secrets unreadable")
        return HttpResponse(status=503)
    return _prove(request, secret) if request.method == "GET" else _hear(request, connection, secret)


def _prove(request: HttpRequest, secret: str) -> HttpResponse:
    """X asks at the registration, and again now and then."""
    token = request.GET.get("crc_token", "")
    if not token or len(token) > TOKEN_MAX or not secret:
        return HttpResponse(status=400)
    return JsonResponse({"response_token": signature(secret, token.encode())})


def _hear(request: HttpRequest, connection: Connection, secret: str) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    body = request.body
    if not is_signed(secret, body, request.headers.get(HEADER, "")):
        log.warning("forged event", extra={"connection_id": connection.pk})
        health.note_fault(connection.pk, "forged signature")
        return HttpResponse(status=403)
    with transaction.atomic():
        for external_id, kind, event in _events(body):
            keep_arrival(channel=NETWORK, connection=connection, external_id=external_id, body=event, kind=kind)
    return HttpResponse(status=200)


def _events(body: bytes) -> list[tuple[str, str, bytes]]:
    """(X's id of it, its kind, its bytes) of each event. What cannot be read is kept too, under a digest."""
    try:
        data = dict_in(json.loads(body)).get("data")
    except ValueError:
        data = None
    if isinstance(data, list):
        return [_event(one, json.dumps({"data": one}).encode()) for one in dicts_in(data)]
    return [_event(dict_in(data), body)]


def _event(data: Json, body: bytes) -> tuple[str, str, bytes]:
    return text_in(data.get("event_uuid")), text_in(data.get("event_type")), body
