"""Who is at which case, as the live process knows it: heard from Valkey, forgotten when the signs of life end.

What changed is told once a second, as ids, to each scope of access at once: the work grows with the browsers plus the
changes, not with their product.
"""

import json
import logging
import threading
from collections.abc import Callable
from functools import cached_property

import redis

from crm.desk.company import LASTS, channel, store
from crm.desk.live.audience import Audience, Listener, lies_in
from crm.staff.access import Scope

log = logging.getLogger(__name__)
PAUSE_AFTER_FAILURE = 1.0
STRENGTH = {"v": 0, "t": 1, "a": 2}
Here = dict[int, list[tuple[int, str]]]  # case number -> (user, strongest state)
Said = tuple[Audience, int, str, str]  # place, user, tab, state


class Share:
    """One piece of news, the same for everybody who may hear it: written as JSON once."""

    def __init__(self, here: Here, *, is_all: bool = False) -> None:
        self.here, self.is_all = here, is_all

    @cached_property
    def text(self) -> str:
        return json.dumps({"all": self.is_all, "here": self.here}, separators=(",", ":"))

    def then(self, later: "Share") -> "Share":
        """Both, as one."""
        return later if later.is_all else Share(self.here | later.here, is_all=self.is_all)


class Presence:
    def __init__(self) -> None:
        self._signs: dict[int, dict[tuple[int, str], tuple[str, float]]] = {}
        self._places: dict[int, Audience] = {}
        self._changed: set[int] = set()
        self._whole: dict[Scope, Share] = {}

    def hear(self, said: Said, now: float) -> None:
        place, user, tab, state = said
        signs = self._signs.setdefault(place.number, {})
        was = self._company(place.number)
        if state:
            signs[user, tab] = (state, now + LASTS)
        else:
            signs.pop((user, tab), None)
        moved = self._places.get(place.number, place) != place
        self._places[place.number] = place
        if moved or was != self._company(place.number):
            self._changed.add(place.number)

    def take(self, now: float) -> "Change":
        """What changed since the last time."""
        for number, signs in self._signs.items():
            over = [key for key, (_state, until) in signs.items() if until < now]
            if over:
                self._changed.add(number)
            for key in over:
                del signs[key]
        places = {number: self._places[number] for number in self._changed}
        change = Change({number: self._company(number) for number in self._changed}, places)
        self._forget_empty()
        if self._changed:
            self._whole.clear()
        self._changed = set()
        return change

    def whole_for(self, listener: Listener) -> Share:
        """Everything that a browser which just came may know. Made once for each scope between two changes."""
        if listener.scope not in self._whole:
            here = {number: self._company(number) for number in self._signs}
            self._whole[listener.scope] = Share(heard_by(here, self._places, listener.scope), is_all=True)
        return self._whole[listener.scope]

    def _company(self, number: int) -> list[tuple[int, str]]:
        strongest: dict[int, str] = {}
        for (user, _tab), (state, _until) in self._signs.get(number, {}).items():
            strongest[user] = max(state, strongest.get(user, "v"), key=STRENGTH.__getitem__)
        return sorted(strongest.items())

    def _forget_empty(self) -> None:
        for number in [number for number in self._changed if not self._signs.get(number)]:
            self._signs.pop(number, None)
            self._places.pop(number, None)


class Change:
    """News of one second, cut for each scope once."""

    def __init__(self, here: Here, places: dict[int, Audience]) -> None:
        self._here, self._places = here, places
        self._cut: dict[Scope, Share] = {}
        self._own: dict[int, Here] = {}
        for number, place in places.items():
            if place.assignee_id is not None:
                self._own.setdefault(place.assignee_id, {})[number] = here[number]

    def __bool__(self) -> bool:
        return bool(self._here)

    def share_for(self, listener: Listener) -> Share:
        if listener.scope not in self._cut:
            self._cut[listener.scope] = Share(heard_by(self._here, self._places, listener.scope))
        share = self._cut[listener.scope]
        own = self._own.get(listener.user_id, {})
        return share if own.keys() <= share.here.keys() else Share(share.here | own)


def heard_by(here: Here, places: dict[int, Audience], scope: Scope) -> Here:
    return {number: company for number, company in here.items() if lies_in(places[number], scope)}


# --- hearing ------------------------------------------------------------------------------------------------------


def read(text: str) -> Said:
    number, team, division, assignee, user, tab, state = json.loads(text)
    return Audience(number, team, division, assignee), user, tab, state


def listen(tell: Callable[[Said], None], stop: threading.Event) -> None:
    """Tell what is there, then what is said, until stopped. A store that is away is waited for."""
    while not stop.is_set():
        try:
            _listen(tell, stop)
        except redis.RedisError:
            log.warning("who is at a case waits for the store")
            stop.wait(PAUSE_AFTER_FAILURE)


def _listen(tell: Callable[[Said], None], stop: threading.Event) -> None:
    with store().pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(channel())  # before looking: what is said meanwhile is told twice at most
        for text in _kept():
            tell(read(text))
        while not stop.is_set():
            message = heard.get_message(timeout=0.5)
            if message is not None:
                tell(read(message["data"]))


def _kept() -> list[str]:
    keys = list(store().scan_iter(f"{channel()}:*", count=1000))
    return [str(text) for text in store().mget(keys) if text] if keys else []
