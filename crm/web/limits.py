"""How often one address, one contact or one link may ask. Counted in the cache; where that is away nobody is stopped:
a customer's message is worth more than a limit.
"""

import logging
import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from crm.staff.visitor import client_ip

log = logging.getLogger(__name__)
MINUTE = 60
# (how many, in how many seconds). Whole towns share one address with their mobile network.
FORMS_BY_ADDRESS = (60, 10 * MINUTE)
FORMS_BY_CONTACT = (5, 60 * MINUTE)
LOOKS_BY_LINK = (120, 10 * MINUTE)
MESSAGES_BY_LINK = (15, 10 * MINUTE)
WRONG_LINKS_BY_ADDRESS = (30, 10 * MINUTE)
LOST_LINKS_BY_ADDRESS = (10, 10 * MINUTE)
LOST_LINKS_BY_CONTACT = (1, 10 * MINUTE)


class TooOften(Exception):
    """`seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def count(what: str, of: str, limit: tuple[int, int]) -> None:
    """One more. Raises TooOften."""
    most, span = limit
    window, passed = divmod(int(time.time()), span)
    who = salted_hmac("sapa.web.limit", of, algorithm="sha256").hexdigest()[:32]
    if _counted(f"web:{what}:{who}:{window}", span) > most:
        raise TooOften(span - passed)


def _counted(key: str, span: int) -> int:
    try:
        cache.add(key, 0, span)
        return int(cache.incr(key))
    except (RedisError, OSError, ValueError) as error:  # ValueError: it ran out between the two
        log.warning("limit not counted", extra={"failure": type(error).__name__})
        return 0


def address(request: HttpRequest) -> str:
    return client_ip(request) or "unknown"
