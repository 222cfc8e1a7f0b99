"""/oauth2/token: the app's own token for its key and secret."""

import base64
import binascii
import hmac
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from crm.demo.simulators.x import here


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    if request.POST.get("grant_type") != "client_credentials":
        return _no(400, 170, "Missing required parameter: grant_type")
    if not _is_app(request.headers.get("Authorization", "")):
        return _no(403, 99, "Unable to verify your credentials")
    return JsonResponse({"token_type": "bearer", "access_token": here.secrets().bearer_token})


def _is_app(header: str) -> bool:
    kind, _, given = header.partition(" ")
    try:
        key, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return False
    ours = here.secrets()
    right = hmac.compare_digest(unquote(key), ours.consumer_key)
    return kind == "Basic" and hmac.compare_digest(unquote(secret), ours.consumer_secret) and right


def _no(status: int, code: int, message: str) -> HttpResponse:
    return JsonResponse({"errors": [{"code": code, "message": message}]}, status=status)
