"""Every browser of this process, what each still has to hear, and a little of the past for those who come back."""

import asyncio
import secrets
import threading
import time
from collections import deque

from crm.desk.live.audience import Listener, News
from crm.desk.live.presence import Presence, Said, Share, listen
from crm.desk.live.tail import Tail, follow

KEPT = 2_000  # looks that brought something: several minutes of a busy day
TURN = 1.0  # seconds between two tellings of who is where
LEEWAY = 1.0  # seconds that a page's request and its stream's may differ on their way
MOST_TOPICS = 200  # more for one browser, and it fetches everything


class Mailbox:
    """What one browser has not heard yet. Bounded: past MOST_TOPICS it is simply everything."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.topics: set[str] = set()
        self.everything = False
        self.company: Share | None = None
        self.number = 0
        self.ready = asyncio.Event()

    def put(self, number: int, news: News) -> None:
        topics = news.topics_for(self.listener)
        if not topics and not news.everything:
            return
        self.topics |= topics
        if news.everything or len(self.topics) > MOST_TOPICS:
            self.everything = True
        self.number = number
        self.ready.set()

    def put_company(self, share: Share) -> None:
        """Who is at which case; what was not heard yet goes with it."""
        if share.here or share.is_all:
            self.company = share if self.company is None else self.company.then(share)
            self.ready.set()

    def take_company(self) -> Share | None:
        said, self.company = self.company, None
        return said

    def take(self) -> tuple[int, list[str] | None]:
        """(number, topics), and empty again. Topics None means everything."""
        said = None if self.everything else sorted(self.topics)
        self.topics, self.everything = set(), False
        self.ready.clear()
        return self.number, said


class Hub:
    """Lives on one event loop; the tail lives on a thread and only ever calls in through the loop."""

    def __init__(self) -> None:
        self.boot = secrets.token_hex(4)
        self.sweep_age: float | None = None
        self._number = 0
        self._past: deque[tuple[int, float, News]] = deque(maxlen=KEPT)  # number, when, what
        self._since: float | None = None  # when the first look was over
        self._boxes: set[Mailbox] = set()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._presence = Presence()

    def start(self) -> None:
        """Begin to follow the events, on the running loop. Further calls do nothing."""
        if self._thread is None:
            loop = asyncio.get_running_loop()

            def tell(news: News, age: float | None) -> None:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self.hear, news, age)

            self._thread = threading.Thread(target=follow, args=(Tail(), tell, self._stop), daemon=True, name="tail")
            self._thread.start()
            self._start_presence(loop)

    def _start_presence(self, loop: asyncio.AbstractEventLoop) -> None:
        def tell(said: Said) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._presence.hear, said, loop.time())

        threading.Thread(target=listen, args=(tell, self._stop), daemon=True, name="presence").start()
        loop.call_later(TURN, self._tell_presence, loop)

    def _tell_presence(self, loop: asyncio.AbstractEventLoop) -> None:
        """Once a second, to all at once."""
        self.tell_company(loop.time())
        if not self._stop.is_set():
            loop.call_later(TURN, self._tell_presence, loop)

    def tell_company(self, now: float) -> None:
        change = self._presence.take(now)
        if change:
            for box in self._boxes:
                box.put_company(change.share_for(box.listener))

    def stop(self) -> None:
        self._stop.set()

    def hear(self, news: News, age: float | None) -> None:
        self.sweep_age = age
        now = time.monotonic()
        self._since = self._since or now
        told = (news.cases, news.bells, news.people, news.offices, news.callers, news.rooms, news.everything)
        if not any(told):
            return
        self._number += 1
        self._past.append((self._number, now, news))
        for box in self._boxes:
            box.put(self._number, news)

    def open(self, listener: Listener, after: str, age: float = 0) -> Mailbox:
        """A mailbox. Whoever comes back finds in it what was missed after that id, whoever comes new what happened in
        the `age` seconds since the page was asked for; everything when that is not known any more."""
        box = Mailbox(listener)
        box.number = self._number
        if after:
            self._catch_up(box, after)
        elif age:
            self._catch_up_since(box, time.monotonic() - age - LEEWAY)
        box.company = self._presence.whole_for(listener)  # goes with the first sign of life
        self._boxes.add(box)
        return box

    def close(self, box: Mailbox) -> None:
        self._boxes.discard(box)

    def _catch_up(self, box: Mailbox, after: str) -> None:
        boot, _dash, number = after.partition("-")
        known = boot == self.boot and number.isdecimal()
        oldest = self._past[0][0] if self._past else self._number + 1
        if not known or int(number) + 1 < oldest:
            box.put(self._number, News(everything=True))
            return
        for past, _at, news in self._past:
            if past > int(number):
                box.put(past, news)

    def _catch_up_since(self, box: Mailbox, moment: float) -> None:
        forgotten = len(self._past) == KEPT and self._past[0][1] > moment
        if self._since is None or self._since > moment or forgotten:
            box.put(self._number, News(everything=True))
            return
        for _past, at, news in reversed(self._past):
            if at < moment:
                return
            box.put(self._number, news)

    def user_ids(self) -> set[int]:
        """Everybody who has a page open."""
        return {box.listener.user_id for box in self._boxes}

    @property
    def size(self) -> int:
        return len(self._boxes)
