"""How often one client may ask: a count a minute in Redis, so that all web processes count together."""

import functools
import logging
import time
from typing import Any

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from crm.api.auth import caller

log = logging.getLogger(__name__)
WINDOW = 60  # seconds


class ClientThrottle(BaseThrottle):
    """429 with Retry-After once the minute's requests are used up. Without Redis nobody is held back."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return True
        client = caller(request)
        return _count(f"api:{client.pk}") <= client.requests_per_minute

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW


def _count(name: str) -> int:
    key = f"sapa:throttle:{name}:{int(time.time() // WINDOW)}"
    try:
        count = int(_redis().incr(key))
        if count == 1:
            _redis().expire(key, 2 * WINDOW)
    except redis.RedisError:
        log.warning("throttle without redis")
        return 0
    return count


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
