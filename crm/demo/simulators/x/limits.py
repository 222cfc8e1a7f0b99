"""Rate limits: so many calls of a kind in a window, by account. X's published figures unless set otherwise."""

import threading
import time
from dataclasses import dataclass, field

from crm.demo.simulators.x.refusals import Refused

WINDOW = 900
USUAL = {
    "POST /2/tweets": 100,
    "DELETE /2/tweets/:id": 50,
    "GET /2/tweets/:id": 900,
    "GET /2/users/:id/mentions": 300,
    "GET /2/users/:id/tweets": 900,
    "GET /2/users/me": 75,
    "GET /2/users/:id": 900,
    "GET /2/users/by/username/:username": 900,
    "POST /2/dm_conversations/with/:participant_id/messages": 15,
    "GET /2/dm_events": 15,
    "GET /2/dm_conversations/with/:participant_id/dm_events": 15,
}
OTHERS = 500


@dataclass(frozen=True)
class Standing:
    """What the headers of an answer say."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        names = ("limit", "remaining", "reset")
        return {f"x-rate-limit-{name}": str(getattr(self, name)) for name in names}


class Over(Refused):
    """Too many calls; `standing` says until when."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(429, "Too Many Requests", title="Too Many Requests")
        self.standing = standing


@dataclass
class Limits:
    """Windows begin with the first call of their kind and account."""

    limits: dict[str, int] = field(default_factory=lambda: dict(USUAL))
    window: float = WINDOW
    _used: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str, who: str) -> Standing:
        """Count one call. Raises Over."""
        limit = self.limits.get(name, OTHERS)
        with self._lock:
            begun, used = self._used.get((name, who), (time.time(), 0))
            if time.time() >= begun + self.window:
                begun, used = time.time(), 0
            self._used[name, who] = begun, used + 1
        standing = Standing(limit, max(0, limit - used - 1), int(begun + self.window) + 1)
        if used >= limit:
            raise Over(standing)
        return standing

    def set(self, limits: dict[str, int], window: float) -> None:
        """Other limits from now on, all windows fresh; those not named are X's."""
        with self._lock:
            self.limits, self.window, self._used = USUAL | limits, window, {}


LIMITS = Limits()
