"""Who is at a case: looking, typing, or answering it. Kept in Valkey, with an end, and nowhere else; told to the live
process (live/presence.py) as ids. Signs of life come every quarter of a minute from each page that shows a case."""

import json
import logging
from functools import cache

import redis
from django.conf import settings

from crm.desk.live.audience import Audience

log = logging.getLogger(__name__)
LASTS = 40  # seconds; the page says again every 15 that it is there
VIEWING, TYPING, ANSWERING = "v", "t", "a"


@cache
def store() -> redis.Redis:
    return redis.Redis.from_url(settings.CACHE_URL, decode_responses=True, **settings.CACHE_PATIENCE)


def channel() -> str:
    """Of this database: tests and worktrees share a server."""
    return f"sapa:{settings.DATABASES['default']['NAME']}:here"


def say(place: Audience, *, user_id: int, tab: str, state: str) -> None:
    """`state` empty: gone. A store that is away is nobody's business: then nobody is seen for a while."""
    key = f"{channel()}:{place.number}:{user_id}:{tab}"
    said = json.dumps([place.number, place.team_id, place.division_id, place.assignee_id, user_id, tab, state])
    try:
        with store().pipeline(transaction=False) as pipe:
            pipe.set(key, said, ex=LASTS) if state else pipe.delete(key)
            pipe.publish(channel(), said)
            pipe.execute()
    except redis.RedisError:
        log.warning("who is at a case could not be told")


def state_of(place: Audience, *, answers: bool, types: bool) -> str:
    """A begun answer claims a case that nobody has; softly: it locks nothing and ends by itself."""
    if answers and place.assignee_id is None:
        return ANSWERING
    return TYPING if types else VIEWING
