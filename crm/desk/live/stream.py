"""The ASGI application of the live process: one path, one kind of answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from django.db import DatabaseError
from django.utils import timezone

from crm.desk.live.attending import attend
from crm.desk.live.door import Headers, admit, allowed_origin, session_key
from crm.desk.live.hub import Hub, Mailbox

BEAT = 4.0  # seconds; the page calls ten seconds of silence a fault
BETWEEN = 0.5  # at most two messages a second and browser
RECHECKED = 60.0  # a session that ended, a person who changed team
RETRY = 2_000  # milliseconds until a browser comes back

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class LiveApplication:
    def __init__(self) -> None:
        self.hub = Hub()
        self._attending: asyncio.Task[None] | None = None
        self._doors = ThreadPoolExecutor(2, thread_name_prefix="door")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: Headers = dict(scope["headers"])
        origin = allowed_origin(headers)
        if scope["path"].rstrip("/") != "/live" or scope["method"] != "GET":
            await _refuse(send, 404, b"")
        elif origin is None:
            await _refuse(send, 403, b"")
        else:
            await self._serve(scope, headers, origin, receive, send)

    async def _serve(self, scope: Message, headers: Headers, origin: bytes, receive: Receive, send: Send) -> None:
        key = session_key(headers)
        try:
            listener = await self._ask(key) if key else None
        except DatabaseError:
            await _refuse(send, 503, origin)
            return
        if listener is None:
            await _refuse(send, 401, origin)
            return
        self.hub.start()
        self._attending = self._attending or asyncio.create_task(attend(self.hub, self._ask_about))
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        box = self.hub.open(listener, _after(asked, headers), _age(asked))
        await _begin(send, origin)
        try:
            await self._until_gone(box, key, receive, send)
        finally:
            self.hub.close(box)

    async def _ask(self, key: str) -> Any:
        return await self._ask_about(admit, key)

    async def _ask_about(self, function: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._doors, function, *given)

    async def _until_gone(self, box: Mailbox, key: str, receive: Receive, send: Send) -> None:
        telling = asyncio.create_task(self._tell(box, key, send))
        leaving = asyncio.create_task(_gone(receive))
        _done, pending = await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _tell(self, box: Mailbox, key: str, send: Send) -> None:
        """Say what changed as it changes, and every few seconds that we are here; end with the session."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        await self._beat(send)
        await self._news(box, send)
        while True:
            try:
                async with asyncio.timeout(BEAT):  # wait_for would make a task each time, for thousands at once
                    await box.ready.wait()
            except TimeoutError:
                await self._beat(send)
            else:
                await self._news(box, send)
                await asyncio.sleep(BETWEEN)
            if loop.time() - checked > RECHECKED:
                checked = loop.time()
                if not await self._still_in(box, key):
                    return

    async def _news(self, box: Mailbox, send: Send) -> None:
        number, topics = box.take()
        company = box.take_company()
        if topics is None or topics:
            heard = None if topics is None else tuple(topics)
            await _write(send, f"id: {self.hub.boot}-{number}\n{_changed(heard)}")
        if company is not None:
            await _write(send, f"event: here\ndata: {company.text}\n\n")

    async def _beat(self, send: Send) -> None:
        age = self.hub.sweep_age
        beat = {"now": timezone.now().isoformat(), "sweep_age": None if age is None else round(age, 1)}
        await _write(send, _line("beat", beat))

    async def _still_in(self, box: Mailbox, key: str) -> bool:
        try:
            listener = await self._ask(key)
        except DatabaseError:
            return True  # asked again at the next turn
        if listener is None:
            return False
        box.listener = listener
        return True


def _after(asked: dict[str, list[str]], headers: Headers) -> str:
    """Where the browser was: its own Last-Event-ID, or ?after= of a stream it opened anew."""
    return headers.get(b"last-event-id", b"").decode("latin-1") or asked.get("after", [""])[0]


def _age(asked: dict[str, list[str]]) -> float:
    """Seconds for which a page has heard nothing yet, ?age=; what is no number, or below none, is 0."""
    try:
        age = float(asked.get("age", ["0"])[0])
    except ValueError:
        return 0
    return age if age > 0 else 0  # "nan" is not


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _cors(origin: bytes) -> list[tuple[bytes, bytes]]:
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _begin(send: Send, origin: bytes) -> None:
    # no-transform and X-Accel-Buffering: proxies must pass each line on at once
    kind = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": kind + _cors(origin)})
    await _write(send, f"retry: {RETRY}\n\n")


async def _refuse(send: Send, status: int, origin: bytes) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0"), *_cors(origin)]}
    )
    await send({"type": "http.response.body", "body": b""})


@lru_cache(maxsize=256)
def _changed(topics: tuple[str, ...] | None) -> str:
    """Thousands are told the same: written once."""
    return _line("changed", {"topics": topics})


def _line(event: str, data: Message) -> str:
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
