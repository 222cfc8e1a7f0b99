"""Is the process alive, can it serve: for load balancers and for `make run`."""

from contextlib import suppress

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing of what it needs, or a lost database would have every process restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(_request: HttpRequest) -> JsonResponse:
    """503 while the database or the broker cannot be reached."""
    parts = {"database": database_answers(), "broker": broker_answers()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def database_answers() -> bool:
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return True
    return False


def broker_answers() -> bool:
    with suppress(redis.RedisError), broker() as client:
        return bool(client.ping())
    return False


def broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
